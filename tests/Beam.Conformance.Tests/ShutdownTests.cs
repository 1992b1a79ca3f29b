namespace Beam.Conformance.Tests;

/// <summary>SIGTERM while much goes on.</summary>
[Trait("Rule", "P1")]
[Trait("Rule", "P2")]
public sealed class ShutdownTests
{
    private const int Transfers = 50;
    private const int Bytes = 20_000;

    [Fact]
    public async Task Stop_LetsHalfOfFiftyTransfersEndAndBreaksTheOthersVisibly()
    {
        var drain = TimeSpan.FromSeconds(10);
        await using var host = await KestrelBeamHost.StartAsync(BeamHostSettings.Default with { DrainTimeout = drain });
        var pairs = await Task.WhenAll(Enumerable.Range(0, Transfers).Select(_ => RawPair.StartAsync(host, Bytes)));
        var started = TimeProvider.System.GetTimestamp();

        var stopped = host.StopAsync();
        await Eventually.TrueAsync(() => host.Relay.IsDraining, "the relay drains");
        var refused = await AskForNewAsync(host);
        await Task.WhenAll(pairs.Where((_, i) => i % 2 == 0).Select(pair => pair.SendRestAsync()));
        var ends = await Task.WhenAll(pairs.Select((pair, i) => pair.EndAsync(leavesWhenComplete: i % 2 == 0)));
        await stopped;

        Assert.Equal(503, refused.Status);
        Assert.NotNull(refused["Retry-After"]);
        Assert.All(ends.Where((_, i) => i % 2 == 0), end => Assert.Equal((200, true, Bytes), end));
        Assert.All(ends.Where((_, i) => i % 2 == 1), end => Assert.Equal((503, false, Bytes / 2), end));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), drain, drain + TimeSpan.FromSeconds(30));
        Assert.True((await host.GetHoldingsAsync()).IsEmpty);
        Assert.Empty(host.Complaints);
        Array.ForEach(pairs, pair => pair.Dispose());
    }

    private static async Task<RawResponseHead> AskForNewAsync(KestrelBeamHost host)
    {
        using var client = await RawHttpClient.ConnectAsync(host.Port);
        await client.SendAsync("POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        return await client.ReadHeadAsync();
    }
}
