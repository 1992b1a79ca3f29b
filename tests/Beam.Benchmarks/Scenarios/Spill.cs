using System.Diagnostics;
using Beam.Benchmarks.Load;
using Beam.Benchmarks.Measuring;
using Beam.Benchmarks.Reporting;

namespace Beam.Benchmarks.Scenarios;

/// <summary>A file that is sent before anybody receives it, and goes to the disk meanwhile.</summary>
internal sealed class Spill : IScenario
{
    public string Name => "spill";

    public Section Run(BenchmarkContext context)
    {
        var bytes = context.Pick(1024, 48) * BenchmarkContext.MiB;
        using var directory = new SpillFolder();
        using var server = context.StartBeam(directory.Settings(16 * BenchmarkContext.MiB, 2048 * BenchmarkContext.MiB));
        var path = server.NextPath();
        var sent = new ByteCount();
        var meter = new CostMeter(server);
        var started = Stopwatch.GetTimestamp();
        var sender = LoadThread.Run(() => server.Client.Send(path, bytes, seed: 1, sent));
        while (sent.Value < bytes && !sender.IsCompleted)
        {
            Thread.Sleep(SpillFolder.LookInterval);
        }

        var sending = Stopwatch.GetElapsedTime(started);
        var overview = server.Client.Overview();
        started = Stopwatch.GetTimestamp();
        var received = server.Client.Receive(path, seed: 1);
        var receiving = Stopwatch.GetElapsedTime(started);
        RelayClient.Confirm(sender.Result.Status, received, bytes);
        var cost = meter.Stop(bytes);

        var measures = new MeasureTable();
        measures.Add("sent before any receiver came", Units.Bytes(sent.Value), $"all {Units.Bytes(bytes)}", isMet: true);
        measures.Add("on the disk then", Units.Bytes(overview.GetProperty("diskUsedBytes").GetInt64()));
        measures.Add("sender's throughput", Units.BytesPerSecond(bytes / sending.TotalSeconds));
        measures.Add("receiver's throughput", Units.BytesPerSecond(bytes / receiving.TotalSeconds));
        measures.Add("bytes received", Units.Bytes(received.Bytes), "equal to those sent", isMet: true);
        measures.Add("server CPU per GiB, in and out", Units.CpuSeconds(cost.CpuSecondsPerGiB));
        measures.Add("memory growth over idle", Units.Bytes(cost.MemoryGrowth));
        directory.AddWhatIsLeft(measures, server);
        return new Section(
            "Spill", $"{Units.Bytes(bytes)} sent before any receiver comes; 16 MiB of memory, 2 GiB of disk.", measures.Table);
    }
}
