using System.Net;
using System.Text.Json;
using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary><c>Prefer: respond-async</c>: the sender leaves when the relay holds the file.</summary>
[Trait("Rule", "P13")]
public sealed class HandInTests : HttpTests
{
    [Theory]
    [InlineData("-T")]
    [InlineData("-F")]
    public async Task Sender_ReadsAccepted_AndTheReceiverComesLater(string how)
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        string[] body = how == "-T" ? ["--data-binary", "handed in"] : ["-F", "file=handed in;filename=x"];

        var sender = Curl(["--fail", "-i", "-H", "Prefer: wait=5, respond-async", .. body, server.Url(path)]);
        Assert.Equal(0, await sender.WaitAsync());

        Assert.Contains("202 Accepted", sender.OutputText, StringComparison.Ordinal);
        Assert.Contains("Preference-Applied: respond-async", sender.OutputText, StringComparison.Ordinal);
        Assert.Contains("accepted: 9 bytes, held for their receiver until 20", sender.OutputText, StringComparison.Ordinal);
        Assert.Equal("handed in", await server.Client.GetStringAsync(path));
        using var late = await server.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.Gone, late.StatusCode);
    }

    [Fact]
    public async Task Sender_ReadsJson_WhenItAsksForIt()
    {
        var server = await StartServerAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{server.Mint()}/a") { Content = new StringContent("12345") };
        request.Headers.Add("Prefer", "respond-async");
        request.Headers.Add("Accept", "application/json");

        using var answer = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        using var receipt = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal("accepted", receipt.RootElement.GetProperty("outcome").GetString());
        Assert.Equal(5, receipt.RootElement.GetProperty("bytes").GetInt64());
        Assert.True(receipt.RootElement.GetProperty("expiresAt").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
        using var cancelled = await server.Client.DeleteAsync(request.RequestUri);
        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task Sender_ReadsInsufficientStorage_BeforeItsBody_WhenTheFileCannotBeHeld()
    {
        var server = await StartServerAsync(static setup => setup.Options = static options => options.MemoryBudgetBytes = 16 * 1024 * 1024);
        var path = $"{server.Mint()}/a";

        var body = new NeverReadContent(5_000_000);
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = body };
        request.Headers.Add("Prefer", "respond-async");
        request.Headers.ExpectContinue = true;

        using var answer = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.InsufficientStorage, answer.StatusCode);
        Assert.False(body.WasAskedFor);
        Assert.Equal(0, server.Relay.TransferCount);
    }

    [Fact]
    public async Task Sender_ReadsInsufficientStorage_WhenTheRoomEndsOnTheWay()
    {
        var server = await StartServerAsync(static setup => setup.Options = static options => options.MemoryBudgetBytes = 16 * 1024 * 1024);
        var path = $"{server.Mint()}/a";

        var sender = Curl(
            new ClientProcessOptions { Input = new PatternStream(1, 8_000_000) },
            "-H", "Prefer: respond-async", "-T", "-", server.Url(path));
        await sender.WaitAsync();

        Assert.Equal("The relay has no room for the file.\n", sender.OutputText);
    }

    [Fact]
    [Trait("Rule", "P22")]
    public async Task Receiver_MayResumeWhatWasHandedIn_FromAnywhere()
    {
        var server = await StartServerAsync(
            static setup => setup.Options = static options => options.ResumeTimeout = TimeSpan.FromMinutes(1));
        var path = $"{server.Mint()}/a";
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(TestBytes.Create(7, 200_000)) };
        request.Headers.Add("Prefer", "respond-async");
        using var accepted = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        await BreakOffAsync(server, path, 200_000);

        using var rest = new HttpRequestMessage(HttpMethod.Get, path);
        rest.Headers.Range = new(150_000, null);
        using var part = await server.Client.SendAsync(rest);

        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal("bytes 150000-199999/200000", part.Content.Headers.ContentRange!.ToString());
        Assert.Equal(TestBytes.Create(7, 50_000, 150_000), await part.Content.ReadAsByteArrayAsync());
    }

    /// <summary>A body that a client which waits for 100 Continue never sends.</summary>
    private sealed class NeverReadContent(long length) : HttpContent
    {
        public bool WasAskedFor { get; private set; }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            WasAskedFor = true;
            return Task.CompletedTask;
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }
}
