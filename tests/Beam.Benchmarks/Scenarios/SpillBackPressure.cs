using Beam.Benchmarks.Load;
using Beam.Benchmarks.Measuring;
using Beam.Benchmarks.Reporting;

namespace Beam.Benchmarks.Scenarios;

/// <summary>The same with too little disk budget: the sender waits, and everything arrives once somebody receives.</summary>
internal sealed class SpillBackPressure : IScenario
{
    private static readonly TimeSpan SettledTime = TimeSpan.FromSeconds(1);

    public string Name => "spill-back-pressure";

    public Section Run(BenchmarkContext context)
    {
        var bytes = context.Pick(1024, 64) * BenchmarkContext.MiB;
        var disk = context.Pick(100, 10) * BenchmarkContext.MiB;
        using var directory = new SpillFolder();
        using var server = context.StartBeam(directory.Settings(16 * BenchmarkContext.MiB, disk));
        var path = server.NextPath();
        var sent = new ByteCount();
        var meter = new CostMeter(server);
        var sender = LoadThread.Run(() => server.Client.Send(path, bytes, seed: 1, sent));
        var before = -1L;
        while (sent.Value != before && !sender.IsCompleted)
        {
            before = sent.Value;
            Thread.Sleep(SettledTime);
        }

        var isWaiting = !sender.IsCompleted && before < bytes;
        var used = server.Client.Overview().GetProperty("diskUsedBytes").GetInt64();
        var received = server.Client.Receive(path, seed: 1);
        RelayClient.Confirm(sender.Result.Status, received, bytes);
        var cost = meter.Stop(bytes);

        var measures = new MeasureTable();
        measures.Add("taken before any receiver came", Units.Bytes(before), "the sender waits", isWaiting);
        measures.Add("on the disk then", Units.Bytes(used), $"at most {Units.Bytes(disk)}", used <= disk);
        measures.Add("bytes received", Units.Bytes(received.Bytes), "equal to those sent", isMet: true);
        measures.Add("memory growth over idle", Units.Bytes(cost.MemoryGrowth));
        directory.AddWhatIsLeft(measures, server);
        return new Section(
            "Spill, disk budget used up", $"{Units.Bytes(bytes)} with 16 MiB of memory and {Units.Bytes(disk)} of disk.", measures.Table);
    }
}
