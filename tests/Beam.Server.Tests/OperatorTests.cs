using System.Text;
using Beam.Server.Tests.Support;

namespace Beam.Server.Tests;

/// <summary>What operators get out of the standalone server, and what it refuses for them.</summary>
public sealed class OperatorTests
{
    [Fact]
    public async Task MetricsAndTraces_GoToTheCollector_WithoutTokens()
    {
        await using var collector = await HttpSink.StartAsync();
        await using var server = await ServerProcess.StartBeamServerAsync(
            "OTEL_EXPORTER_OTLP_ENDPOINT=" + collector.Url,
            "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
            "OTEL_SERVICE_NAME=beam-under-test");
        using var folder = new TempFolder();
        var token = await server.MintAsync();
        await using var sender = Curl.Start("-T", folder.Write("private-name", "some text"u8), server.Url($"/{token}/"));
        await using var receiver = Curl.Start(server.Url($"/{token}/private-name"));
        Assert.Equal((0, 0), (await sender.WaitAsync(), await receiver.WaitAsync()));

        // What is left is sent at the end.
        server.Process.Signal(15);
        Assert.Equal(0, await server.Process.WaitAsync());

        var metrics = All(collector, "/v1/metrics");
        var traces = All(collector, "/v1/traces");
        Assert.All(
            ["beam.transfer.duration", "beam.relay.io", "beam.token.minted", "beam-under-test"],
            name => Assert.Contains(name, metrics, StringComparison.Ordinal));
        Assert.All(["beam.send", "beam.receive", "beam.transfer.id"], name => Assert.Contains(name, traces, StringComparison.Ordinal));
        Assert.All([token, "private-name"], secret => Assert.DoesNotContain(secret, metrics + traces, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task Minting_IsLimited_ForEachAddress()
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__MintsPerMinute=2");
        await server.MintAsync();
        await server.MintAsync();

        var refused = await Curl.AnswerAsync("-X", "POST", server.Url("/token"));

        Assert.StartsWith("HTTP/1.1 429 ", refused, StringComparison.Ordinal);
        Assert.Contains("\nRetry-After: ", refused, StringComparison.Ordinal);
        Assert.Contains("Too many tokens are minted from this address; try again in ", refused, StringComparison.Ordinal);
        Assert.Equal(429, await Curl.StatusAsync("-T", typeof(OperatorTests).Assembly.Location, server.Url("/")));
        Assert.Equal(200, await Curl.StatusAsync(server.Url("/")));
    }

    [Fact]
    [Trait("Rule", "P9")]
    [Trait("Rule", "P38")]
    public async Task Links_CountAsTokensThatTheirMakerMints()
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__MintsPerMinute=3");
        var links = server.Url($"/{await server.MintAsync()}/-/token?rights=send");

        // A look at the address is no link.
        Assert.Equal(405, await Curl.StatusAsync(links));
        Assert.Equal(201, await Curl.StatusAsync("-X", "POST", links));
        Assert.Equal(201, await Curl.StatusAsync("-X", "POST", links));
        var refused = await Curl.AnswerAsync("-X", "POST", links);

        Assert.StartsWith("HTTP/1.1 429 ", refused, StringComparison.Ordinal);
        Assert.Contains("Too many tokens are minted from this address; try again in ", refused, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task Minting_IsNotLimited_WhenTheSettingsSaySo()
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__MintsPerMinute=0");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        for (var i = 0; i < 130; i++)
        {
            using var minted = await client.PostAsync(new Uri(server.Url("/token")), content: null);
            Assert.True(minted.IsSuccessStatusCode);
        }
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task Quotas_ComeFromTheSettings_AndKnowAddressesThroughKnownProxiesOnly()
    {
        await using var server = await ServerProcess.StartBeamServerAsync(
            "Beam__Quotas__MaxTransfersPerAddress=1", "Beam__KnownProxies=127.0.0.1");
        var token = await server.MintAsync();
        await using var waiting = Curl.Start("-H", "X-Forwarded-For: 2001:db8:1:2::1", server.Url($"/{token}/a"));
        await Eventually.TrueAsync(async () => await Curl.StatusAsync(server.Url($"/{token}/a?status")) == 200, "the receiver waits");

        Assert.Equal(429, await StatusFromAsync("2001:db8:1:ff::2"));
        Assert.Equal(504, await StatusFromAsync("2001:db8:1:102::1"));

        Task<int> StatusFromAsync(string address)
            => Curl.StatusAsync("-H", "X-Forwarded-For: " + address, server.Url($"/{token}/b?wait=1"));
    }

    [Fact]
    public async Task Health_IsDegraded_WhenTheRelayIsNearlyFull()
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__MaxTokens=2", "Beam__DegradedAt=0.5");
        Assert.EndsWith("\nHealthy", await Curl.AnswerAsync(server.Url("/-/health")), StringComparison.Ordinal);

        await server.MintAsync();

        var answer = await Curl.AnswerAsync(server.Url("/-/health"));
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\nDegraded", answer, StringComparison.Ordinal);
    }

    private static string All(HttpSink collector, string path)
        => string.Concat(collector.Requests
            .Where(request => request.Path == path)
            .Select(static request => Encoding.Latin1.GetString(request.Body)));
}
