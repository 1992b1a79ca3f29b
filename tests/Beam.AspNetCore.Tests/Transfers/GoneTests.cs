using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>A client that comes second or too late reads so in one line.</summary>
public sealed class GoneTests : HttpTests
{
    [Fact]
    [Trait("Rule", "P15")]
    public async Task Sender_ReadsConflict_WhenItIsTheSecond()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var first = server.Client.PutAsync(path, new StringContent("first"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        using var second = await server.Client.PutAsync(path, new StringContent("second"));

        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Equal("Somebody is sending under that name already.\n", await second.Content.ReadAsStringAsync());
        Assert.Equal("first", await server.Client.GetStringAsync(path));
        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
    }

    [Fact]
    [Trait("Rule", "P20")]
    public async Task Receiver_ReadsConflict_WhenItIsTheSecond()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var first = Curl("--fail", server.Url(path));
        var options = new ClientProcessOptions { Input = new MemoryStream("first "u8.ToArray()), KeepInputOpen = true };
        var sender = Curl(options, "-T", "-", server.Url(path));
        await server.WaitForAsync(TransferState.Streaming);

        using var second = await server.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Equal("Somebody is receiving this file already.\n", await second.Content.ReadAsStringAsync());
        Assert.False(first.HasExited);
        sender.StandardInput.Close();
        Assert.Equal((0, 0), (await sender.WaitAsync(), await first.WaitAsync()));
        Assert.Equal("first ", first.OutputText);
    }

    [Fact]
    [Trait("Rule", "P18")]
    [Trait("Rule", "P20")]
    public async Task Receiver_WaitsUntilTheSenderSaysForHowMany_WhenItIsTheSecond()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var first = Curl("--fail", server.Url(path));
        await server.WaitForAsync(TransferState.WaitingForSender);
        var second = server.Client.GetAsync(path);
        await Eventually.TrueAsync(() => server.Relay.GetSnapshot().Transfers is [{ Receivers.Count: 2 }], "both wait");

        var sender = Curl("--data-binary", "first ", server.Url(path));

        Assert.Equal((0, 0), (await sender.WaitAsync(), await first.WaitAsync()));
        Assert.Equal("first ", first.OutputText);
        using var answer = await second;
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
    }

    [Fact]
    [Trait("Rule", "P20")]
    public async Task Receiver_ReadsGone_WhenTheFileWasDelivered()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        await MoveAsync(server, path, "first");

        using var late = await server.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.Gone, late.StatusCode);
        Assert.Equal("The file has been delivered already.\n", await late.Content.ReadAsStringAsync());
    }

    [Fact]
    [Trait("Rule", "P20")]
    public async Task Name_IsFreeForANewSender_WhenTheFileWasDelivered()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        await MoveAsync(server, path, "first");

        var again = server.Client.PutAsync(path, new StringContent("again"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        Assert.Equal("again", await server.Client.GetStringAsync(path));
        Assert.Equal(HttpStatusCode.OK, (await again).StatusCode);
    }

    [Fact]
    [Trait("Rule", "P20")]
    [Trait("Rule", "P28")]
    public async Task Receiver_ReadsGoneWithTheReason_WhenTheSenderCancelled()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var sent = server.Client.PutAsync(path, new StringContent("first"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        using var cancelled = await server.Client.DeleteAsync(path);
        using var late = await server.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        Assert.Equal(HttpStatusCode.Gone, late.StatusCode);
        Assert.Equal("The transfer is over. The transfer was cancelled.\n", await late.Content.ReadAsStringAsync());
        using var answer = await sent;
        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        Assert.Equal("The transfer was cancelled.\n", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    [Trait("Rule", "P4")]
    [Trait("Rule", "P20")]
    public async Task Outcome_IsForgotten_AfterItsTime()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup =>
        {
            setup.Clock = clock;
            setup.Options = static options => options.OutcomeRetention = TimeSpan.FromMinutes(2);
        });
        var path = $"{server.Mint()}/a";
        await MoveAsync(server, path, "first");
        clock.Advance(TimeSpan.FromMinutes(3));

        var late = server.Client.GetAsync(path);
        await server.WaitForAsync(TransferState.WaitingForSender);

        using var sent = await server.Client.PutAsync(path, new StringContent("again"));
        Assert.Equal("again", await (await late).Content.ReadAsStringAsync());
    }

    private static async Task MoveAsync(BeamServer server, string path, string text)
    {
        var received = server.Client.GetStringAsync(path);
        await server.WaitForAsync(TransferState.WaitingForSender);
        using var sent = await server.Client.PutAsync(path, new StringContent(text));
        Assert.Equal((HttpStatusCode.OK, text), (sent.StatusCode, await received));
    }
}
