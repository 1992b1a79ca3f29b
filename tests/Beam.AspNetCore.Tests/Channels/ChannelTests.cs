using System.Net;
using System.Text.Json;
using Beam.AspNetCore.Tests.Servers;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Channels;

/// <summary>GET on a token: the next file, a page, or what there is.</summary>
[Trait("Rule", "P10")]
public sealed class ChannelTests : HttpTests
{
    [Fact]
    public async Task Curl_GetsOneFileAfterTheOther_EachUnderItsName()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        using var folder = NewFolder();
        var first = server.Client.PutAsync($"{token}/first.txt", new StringContent("1"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        var second = server.Client.PutAsync($"{token}/second%20one.txt", new StringContent("2"));
        await server.WaitForAsync(TransferState.WaitingForReceiver, count: 2);

        for (var turn = 0; turn < 2; turn++)
        {
            var receiver = Curl(new ClientProcessOptions { WorkingDirectory = folder.Path }, "--fail", "-OJ", server.Url(token));
            Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        }

        Assert.Equal("1", await File.ReadAllTextAsync(folder["first.txt"]));
        Assert.Equal("2", await File.ReadAllTextAsync(folder["second one.txt"]));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), ((await first).StatusCode, (await second).StatusCode));
    }

    [Fact]
    public async Task Curl_WaitsForTheNextFile()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        using var folder = NewFolder();
        var receiver = Curl(
            new ClientProcessOptions { WorkingDirectory = folder.Path },
            "--fail", "-OJ", server.Url(server.Mint(token, TokenRights.Receive)));
        await WaitForNextReceiverAsync(server, token);

        using var sent = await server.Client.PutAsync($"{token}/later.txt", new StringContent("worth the wait"));

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal("worth the wait", await File.ReadAllTextAsync(folder["later.txt"]));
        Assert.StartsWith("confirmed: ", await sent.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P5")]
    public async Task KilledCurl_LosesNoFile()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var killed = Curl(server.Url(token));
        await WaitForNextReceiverAsync(server, token);
        killed.Kill();
        await WaitForNextReceiverAsync(server, token, count: 0);

        var sent = server.Client.PutAsync($"{token}/a", new StringContent("still there"));

        Assert.Equal("still there", await server.Client.GetStringAsync(token));
        Assert.Equal(HttpStatusCode.OK, (await sent).StatusCode);
    }

    [Fact]
    [Trait("Rule", "P17")]
    public async Task Request_ReadsGatewayTimeout_AfterItsWait()
    {
        var server = await StartServerAsync();

        using var answer = await server.Client.GetAsync($"{server.Mint()}?wait=1");

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal("No sender came in time.\n", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    [Trait("Rule", "P25")]
    public async Task Json_ShowsTheChannel_AndClaimsNothing()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var sent = server.Client.PutAsync($"{token}/a%20b", new StringContent("some text"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        using var channel = await JsonAsync(server, token);
        using var asSender = await JsonAsync(server, server.Mint(token, TokenRights.Send));

        Assert.Equal(
            ["rights", "expiresAt", "usesLeft", "waitingReceivers", "transfers", "recent"],
            channel.RootElement.EnumerateObject().Select(static property => property.Name));
        var transfer = Assert.Single(channel.RootElement.GetProperty("transfers").EnumerateArray());
        Assert.Equal(
            ("a b", "waiting-for-receiver"),
            (transfer.GetProperty("name").GetString(), transfer.GetProperty("state").GetString()));

        // A link for sending may be in many hands.
        Assert.Equal(JsonValueKind.Null, asSender.RootElement.GetProperty("transfers").ValueKind);
        Assert.Equal("some text", await server.Client.GetStringAsync(token));
        Assert.Equal(HttpStatusCode.OK, (await sent).StatusCode);
    }

    [Fact]
    public async Task Browser_GetsAPage_WithWhatTheTokenAllows()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var sent = server.Client.PutAsync($"{token}/%3Cb%3E", new StringContent("some text"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        var page = await PageAsync(server, token);
        var forSending = await PageAsync(server, server.Mint(token, TokenRights.Send));

        Assert.Contains($"<a href=\"./{token}/%3Cb%3E\"><bdi>&lt;b&gt;</bdi></a>", page, StringComparison.Ordinal);
        Assert.Contains("-T FILE", page, StringComparison.Ordinal);
        Assert.Contains("-T FILE", forSending, StringComparison.Ordinal);
        Assert.DoesNotContain("%3Cb%3E", forSending, StringComparison.Ordinal);
        Assert.Equal("some text", await server.Client.GetStringAsync(token));
        Assert.Equal(HttpStatusCode.OK, (await sent).StatusCode);
    }

    [Fact]
    [Trait("Rule", "P8")]
    public async Task Request_ReadsNotFound_WhenTheTokenIsUnknown()
    {
        var server = await StartServerAsync();

        using var answer = await server.Client.GetAsync("nothing");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static async Task<JsonDocument> JsonAsync(BeamServer server, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, token);
        request.Headers.Add("Accept", "application/json");
        using var answer = await server.Client.SendAsync(request);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
    }

    private static async Task<string> PageAsync(BeamServer server, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, token);
        request.Headers.Add("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        using var answer = await server.Client.SendAsync(request);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        return await answer.Content.ReadAsStringAsync();
    }

    private static Task WaitForNextReceiverAsync(BeamServer server, string token, int count = 1)
        => Eventually.TrueAsync(
            () => server.Relay.Tokens.Find(token)!.Channel.GetSnapshot().NextReceivers == count,
            $"{count} receivers wait for whatever comes");
}
