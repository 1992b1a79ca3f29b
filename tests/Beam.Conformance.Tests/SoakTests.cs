namespace Beam.Conformance.Tests;

/// <summary>Random peers; the ten-minute version is <c>dotnet run --project tests/Beam.FaultMatrix -- --soak 600</c>.</summary>
[Trait("Rule", "P1")]
[Trait("Rule", "P2")]
[Trait("Rule", "P5")]
[Collection(Alone.Name)]
public sealed class SoakTests
{
    [Fact]
    public async Task RandomPeers_GetRightBytesAndTrueAnswers_ForAWhile()
    {
        await using var host = await KestrelBeamHost.StartAsync(BeamHostSettings.Default);

        var report = await Soak.RunAsync(host, TimeSpan.FromSeconds(15));

        Assert.True(report.IsHonest, report.ToString());
        Assert.True(report.Delivered > 0 && report.Broken > 0, report.ToString());
        await Eventually.TrueAsync(async () => (await host.GetHoldingsAsync()).IsEmpty, "nothing is left");
        Assert.Empty(host.Complaints);
    }

    [Fact]
    public async Task AbortedTransfers_LeaveNothing_WhenThereWereThousands()
    {
        await using var host = await KestrelBeamHost.StartAsync(BeamHostSettings.Default);
        await Soak.RunAsync(host, TimeSpan.FromSeconds(60), mostTransfers: 200, mostBytes: 20_000);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var report = await Soak.RunAsync(host, TimeSpan.FromSeconds(60), mostTransfers: 2000, mostBytes: 20_000, parallelism: 64);

        Assert.True(report.IsHonest, report.ToString());
        await Eventually.TrueAsync(async () => (await host.GetHoldingsAsync()).IsEmpty, "nothing is left");
        Assert.Empty(host.Complaints);

        // Tokens (1 KiB each), outcomes and the pools of server and client stay for a while; a forgotten transfer would hold its buffer.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 2000L * 32 * 1024);
    }
}
