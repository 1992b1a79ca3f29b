using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Beam.Server.Tests.Support;

namespace Beam.Server.Tests;

/// <summary>What the webhook of the standalone server posts, and what it does when nobody listens.</summary>
public sealed class WebhookTests
{
    private const string Secret = "a secret";

    [Fact]
    public async Task Events_ArePosted_InOrderAndSigned()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var server = await StartAsync(sink.Url + "/hook");
        var token = await DeliverAsync(server);

        await sink.WaitForAsync(3);
        Assert.Equal(
            ["created", "paired", "delivered"],
            sink.Requests.Select(static request => Read(request).GetProperty("event").GetString()));
        var receipt = Read(sink.Requests.Last());
        Assert.Equal(
            ("a.txt", "Confirmed", 9, 1),
            (Text(receipt, "name"), Text(receipt, "delivery"), Number(receipt, "bytes"), Number(receipt, "receivers")));
        Assert.All(sink.Requests, request =>
        {
            Assert.Equal("/hook", request.Path);
            Assert.Equal($"{Text(Read(request), "transferId")}-{Text(Read(request), "event")}", request.Headers["Beam-Event-Id"]);
            Assert.Equal(request.Headers["Beam-Event-Id"], Text(Read(request), "id"));
            AssertIsSigned(request);
            Assert.DoesNotContain(token, request.Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Event_IsTriedAgain_UntilItIsTaken()
    {
        await using var sink = await HttpSink.StartAsync(static number => number == 0 ? 503 : 204);
        await using var server = await StartAsync(sink.Url);
        await DeliverAsync(server);

        await sink.WaitForAsync(4);
        Assert.Equal(["created", "created", "paired", "delivered"], sink.Requests.Select(static request => Text(Read(request), "event")));
        Assert.Single(sink.Requests.Take(2).Select(static request => request.Headers["Beam-Event-Id"]).Distinct());
    }

    [Fact]
    public async Task Event_IsGivenUp_WhenItIsRefused()
    {
        await using var sink = await HttpSink.StartAsync(static number => number == 0 ? 400 : 204);
        await using var server = await StartAsync(sink.Url);
        await DeliverAsync(server);

        await sink.WaitForAsync(3);
        Assert.Equal(["created", "paired", "delivered"], sink.Requests.Select(static request => Text(Read(request), "event")));
        await server.Process.WaitForOutputAsync("-created: status 400 after 1 attempts");
    }

    /// <summary>The sender chooses the name, so that one name must not keep the events of others back.</summary>
    [Fact]
    public async Task Events_OfOthers_DoNotWait_ForOneThatIsNotTaken()
    {
        await using var sink = await HttpSink.StartAsync(static (_, body, response)
            => response.StatusCode = body.Contains("poison", StringComparison.Ordinal) ? 500 : 200);
        await using var server = await StartAsync(sink.Url);
        await DeliverAsync(server, "poison.txt");
        await DeliverAsync(server, "later.txt");

        await Eventually.TrueAsync(() => EventsOf(sink, "later.txt").Count() == 3, "the other transfer was told");
        Assert.Equal(["created", "paired", "delivered"], EventsOf(sink, "later.txt"));
        Assert.Equal(["created"], EventsOf(sink, "poison.txt").Distinct());
    }

    [Fact]
    public async Task Event_ComesAgain_WhenTheAddressWantsIt()
    {
        await using var sink = await HttpSink.StartAsync(static (number, _, response) =>
        {
            response.StatusCode = number == 0 ? 429 : 200;
            response.Headers.RetryAfter = "3";
        });
        await using var server = await StartAsync(sink.Url);
        await DeliverAsync(server);
        await sink.WaitForAsync(4);

        // By the server's own clock, in the signature.
        var times = sink.Requests.Take(2).Select(static request => int.Parse(
            request.Headers["Beam-Signature"].Split(',')[0]["t=".Length..], CultureInfo.InvariantCulture)).ToArray();
        Assert.True(times[1] - times[0] >= 3, $"{times[0]}, {times[1]}");
    }

    [Fact]
    public async Task Transfers_GoOn_AndTheServerStops_WhenNobodyListens()
    {
        await using var server = await StartAsync($"http://127.0.0.1:{TestPorts.Free()}");
        await DeliverAsync(server);

        server.Process.Signal(15);

        Assert.Equal(0, await server.Process.WaitAsync());
    }

    [Theory]
    [InlineData("Beam__Webhook__Url=http://localhost/hook", "needs Beam:Webhook:Secret")]
    [InlineData("Beam__Webhook__Url=/hook", "must be an absolute http or https address")]
    [InlineData("Beam__Webhook__Attempts=0", "must be between 1 and 20")]
    [InlineData("Beam__Webhook__Adress=x", "Beam:Webhook:Adress is no setting")]
    [InlineData("Beam__Quotas__MaxTransfersPerAdress=1", "Beam:Quotas:MaxTransfersPerAdress is no setting")]
    [InlineData("Beam__Quotas__MaxTransfersPerAddress=0", "MaxTransfersPerAddress: It must be at least 1")]
    [InlineData("Beam__MintsPerMinute=-1", "Beam:MintsPerMinute must not be negative")]
    [InlineData("Beam__WrongKeysPerMinute=-1", "Beam:WrongKeysPerMinute must not be negative")]
    public async Task Start_IsRefusedInOneLine_ForSettingThatIsWrong(string setting, string reason)
    {
        await using var server = ServerProcess.Start(ServerProcess.BeamServer, [], setting);

        Assert.Equal(1, await server.WaitAsync());
        Assert.Contains(reason, Assert.Single(server.ErrorText.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    private static Task<ServerProcess> StartAsync(string url)
        => ServerProcess.StartBeamServerAsync($"Beam__Webhook__Url={url}", $"Beam__Webhook__Secret={Secret}");

    private static IEnumerable<string?> EventsOf(HttpSink sink, string name)
        => sink.Requests.Select(Read).Where(body => Text(body, "name") == name).Select(static body => Text(body, "event"));

    private static async Task<string> DeliverAsync(ServerProcess server, string name = "a.txt")
    {
        using var folder = new TempFolder();
        var token = await server.MintAsync();
        await using var sender = Curl.Start("-T", folder.Write(name, "some text"u8), server.Url($"/{token}/"));
        await using var receiver = Curl.Start(server.Url($"/{token}/{name}"));
        Assert.Equal((0, 0), (await sender.WaitAsync(), await receiver.WaitAsync()));
        return token;
    }

    private static void AssertIsSigned(SunkRequest request)
    {
        var parts = request.Headers["Beam-Signature"].Split(',');
        var time = parts[0]["t=".Length..];
        byte[] signed = [.. Encoding.ASCII.GetBytes(time + "."), .. request.Body];
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), signed);
        Assert.Equal("v1=" + Convert.ToHexStringLower(expected), parts[1]);
    }

    private static JsonElement Read(SunkRequest request) => JsonElement.Parse(request.Body);

    private static string? Text(JsonElement body, string name) => body.GetProperty(name).GetString();

    private static int Number(JsonElement body, string name) => body.GetProperty(name).GetInt32();
}
