using System.Globalization;
using Beam.Benchmarks.Measuring;
using Beam.Benchmarks.Reporting;
using Beam.Benchmarks.Servers;

namespace Beam.Benchmarks.Scenarios;

/// <summary>What it costs to keep bytes that a receiver has taken, so that it can come back for them.</summary>
internal sealed class RewindCost : IScenario
{
    public string Name => "rewind";

    public Section Run(BenchmarkContext context)
    {
        var bytes = context.Pick(1024, 32) * BenchmarkContext.MiB;
        long[] kept = [0, BenchmarkContext.MiB, 8 * BenchmarkContext.MiB, 16 * BenchmarkContext.MiB];
        var table = new Table("Kept behind the receiver", "Pairs", "Server CPU per GiB", "To nothing kept", "Throughput", "Memory growth");
        foreach (var pairs in (int[])[1, 32])
        {
            ServerProcess[] servers =
            [
                .. kept.Select(keep => context.StartBeam(string.Create(CultureInfo.InvariantCulture, $"--Beam:RewindBytes={keep}"))),
            ];
            try
            {
                var costs = Compare(context, servers, pairs, bytes);
                var nothing = Median.Of(costs[0], static cost => cost.CpuSecondsPerGiB);
                for (var i = 0; i < kept.Length; i++)
                {
                    var cpu = Median.Of(costs[i], static cost => cost.CpuSecondsPerGiB);
                    table.Add(
                        Units.Bytes(kept[i]),
                        Units.Count(pairs),
                        Units.CpuSeconds(cpu),
                        Units.Ratio(cpu / nothing),
                        Units.BytesPerSecond(Median.Of(costs[i], static cost => cost.BytesPerSecond)),
                        Units.Bytes(costs[i].Max(static cost => cost.MemoryGrowth)));
                }
            }
            finally
            {
                foreach (var server in servers)
                {
                    server.Dispose();
                }
            }
        }

        return new Section(
            "What keeping bytes costs",
            $"{Units.Bytes(bytes)} in all; median of {context.Runs} interleaved runs after one to warm up.",
            table);
    }

    private static List<Cost>[] Compare(BenchmarkContext context, ServerProcess[] servers, int pairs, long bytes)
    {
        List<Cost>[] costs = [.. servers.Select(static _ => new List<Cost>())];
        for (var run = -1; run < context.Runs; run++)
        {
            for (var i = 0; i < servers.Length; i++)
            {
                var cost = Pairs.Move(servers[i], pairs, bytes / pairs);
                if (run >= 0)
                {
                    costs[i].Add(cost);
                }
            }
        }

        return costs;
    }
}
