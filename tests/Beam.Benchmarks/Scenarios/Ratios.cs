using Beam.Benchmarks.Measuring;
using Beam.Benchmarks.Reporting;
using Beam.Benchmarks.Servers;

namespace Beam.Benchmarks.Scenarios;

/// <summary>Beam beside other ways to move the same bytes, in turn, in one run.</summary>
internal sealed class Ratios : IScenario
{
    private static readonly ServerKind[] Kinds = [ServerKind.Copy, ServerKind.Kestrel, ServerKind.Pipe, ServerKind.Beam];

    public string Name => "ratios";

    public Section Run(BenchmarkContext context)
    {
        var bytes = context.Pick(1024, 32) * BenchmarkContext.MiB;
        var table = new Table("Relay", "Pairs", "Server CPU per GiB", "To the socket copy", "Throughput", "Memory growth");
        foreach (var pairs in (int[])[1, 32])
        {
            var servers = Kinds.ToDictionary(static kind => kind, context.Start);
            try
            {
                Compare(context, servers, pairs, bytes, table);
            }
            finally
            {
                foreach (var server in servers.Values)
                {
                    server.Dispose();
                }
            }
        }

        return new Section(
            "Ratios", $"{Units.Bytes(bytes)} in all through each; median of {context.Runs} interleaved runs after one to warm up.", table);
    }

    private static void Compare(BenchmarkContext context, Dictionary<ServerKind, ServerProcess> servers, int pairs, long bytes, Table table)
    {
        var costs = Kinds.ToDictionary(static kind => kind, static _ => new List<Cost>());
        for (var run = -1; run < context.Runs; run++)
        {
            foreach (var kind in Kinds)
            {
                var cost = Pairs.Move(servers[kind], pairs, bytes / pairs);
                if (run >= 0)
                {
                    costs[kind].Add(cost);
                }
            }
        }

        var limit = Median.Of(costs[ServerKind.Copy], static cost => cost.CpuSecondsPerGiB);
        foreach (var kind in Kinds)
        {
            var cpu = Median.Of(costs[kind], static cost => cost.CpuSecondsPerGiB);
            table.Add(
                kind.Describe(),
                Units.Count(pairs),
                Units.CpuSeconds(cpu),
                Units.Ratio(cpu / limit),
                Units.BytesPerSecond(Median.Of(costs[kind], static cost => cost.BytesPerSecond)),
                Units.Bytes(costs[kind].Max(static cost => cost.MemoryGrowth)));
        }
    }
}
