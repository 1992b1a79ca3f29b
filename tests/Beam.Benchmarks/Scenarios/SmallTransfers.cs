using System.Diagnostics;
using Beam.Benchmarks.Load;
using Beam.Benchmarks.Measuring;
using Beam.Benchmarks.Reporting;
using Beam.Benchmarks.Servers;

namespace Beam.Benchmarks.Scenarios;

/// <summary>Transfers of 1 KiB: what one costs beside its bytes.</summary>
internal sealed class SmallTransfers : IScenario
{
    private static readonly ServerKind[] Kinds = [ServerKind.Copy, ServerKind.Echo, ServerKind.Kestrel, ServerKind.Beam];

    public string Name => "small";

    public Section Run(BenchmarkContext context)
    {
        var time = context.Pick(TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(200));
        var table = new Table("Server", "At once", "Transfers a second", "To Kestrel's echo", "p50", "p99", "Server CPU each");
        var servers = Kinds.ToDictionary(static kind => kind, context.Start);
        try
        {
            foreach (var atOnce in (int[])[1, 32])
            {
                var results = Kinds.ToDictionary(static kind => kind, static _ => new List<SmallRun>());
                for (var run = 0; run < context.Runs; run++)
                {
                    foreach (var kind in Kinds)
                    {
                        results[kind].Add(Measure(servers[kind], atOnce, time));
                    }
                }

                var echoRate = Median.Of(results[ServerKind.Echo], static run => run.PerSecond);
                foreach (var kind in Kinds)
                {
                    var rate = Median.Of(results[kind], static run => run.PerSecond);
                    table.Add(
                        kind.Describe(),
                        Units.Count(atOnce),
                        Units.Count(rate),
                        Units.Ratio(rate / echoRate),
                        Units.Microseconds(Median.Of(results[kind], static run => run.MedianMicroseconds)),
                        Units.Microseconds(Median.Of(results[kind], static run => run.P99Microseconds)),
                        Units.Microseconds(Median.Of(results[kind], static run => run.CpuMicroseconds)));
                }
            }
        }
        finally
        {
            foreach (var server in servers.Values)
            {
                server.Dispose();
            }
        }

        return new Section(
            "Small transfers",
            $"1 KiB through, the token given. A relay's sender keeps its connection; its receiver comes on a new one each time. The echo is one request on a kept connection. Median of {context.Runs} interleaved runs.",
            table);
    }

    private static SmallRun Measure(ServerProcess server, int atOnce, TimeSpan time)
    {
        var cpuBefore = server.CpuTime;
        var started = Stopwatch.GetTimestamp();
        double[] latencies = [.. LoadThread.WaitAll(Enumerable.Range(0, atOnce).Select(_ => LoadThread.Run(() => SmallClient.Repeat(server, time)))).SelectMany(static all => all)];
        var elapsed = Stopwatch.GetElapsedTime(started);
        Array.Sort(latencies);
        return new SmallRun(
            latencies.Length / elapsed.TotalSeconds,
            latencies[latencies.Length / 2],
            latencies[latencies.Length * 99 / 100],
            (server.CpuTime - cpuBefore).TotalMicroseconds / latencies.Length);
    }
}
