using System.Diagnostics;
using Beam.Benchmarks.Load;
using Beam.Benchmarks.Measuring;
using Beam.Benchmarks.Reporting;
using Beam.Benchmarks.Servers;

namespace Beam.Benchmarks.Scenarios;

/// <summary>What each way to reach a node costs beside going there directly, in turn, in one run.</summary>
internal sealed class Hops : IScenario
{
    public string Name => "hops";

    public Section Run(BenchmarkContext context)
    {
        var bytes = context.Pick(1024, 8) * BenchmarkContext.MiB;
        using var node = context.StartBeam($"--Beam:NodeId={ServeCommand.NodeId}");
        var address = $"--Node=http://127.0.0.1:{node.Port}";
        using var gateway = ServerProcess.Start(ServerKind.Gateway, address);
        using var other = ServerProcess.Start(ServerKind.Beam, "--Beam:NodeId=n2", address);
        using var nginx = ProxyProcess.StartNginx(node.Port);
        using var haproxy = ProxyProcess.StartHaproxy(node.Port);
        List<Hop> hops =
        [
            new("directly", node.Port, static () => TimeSpan.Zero),
            new("YARP with Beam.Yarp", gateway.Port, () => gateway.CpuTime),
            new("another node, which forwards", other.Port, () => other.CpuTime),
        ];
        if (haproxy is not null)
        {
            hops.Add(new("haproxy", haproxy.Port, () => haproxy.CpuTime));
        }

        if (nginx is not null)
        {
            hops.Add(new("nginx, unbuffered", nginx.Port, () => nginx.CpuTime));
        }

        return new Section(
            "Hops",
            $"{Units.Bytes(bytes)} in one transfer, both sides through the hop, all on one machine; "
                + $"median of {context.Runs} interleaved runs after one to warm up.",
            Compare(context, node, hops, bytes));
    }

    private static Table Compare(BenchmarkContext context, ServerProcess node, List<Hop> hops, long bytes)
    {
        var costs = hops.ToDictionary(static hop => hop, static _ => new List<HopCost>());
        for (var run = -1; run < context.Runs; run++)
        {
            foreach (var hop in hops)
            {
                var cost = Move(node, hop, bytes);
                if (run >= 0)
                {
                    costs[hop].Add(cost);
                }
            }
        }

        var direct = Median.Of(costs[hops[0]], static cost => cost.Node + cost.Hop);
        var table = new Table("Both sides come", "CPU per GiB, node", "CPU per GiB, hop", "Both to direct", "Throughput");
        foreach (var hop in hops)
        {
            table.Add(
                hop.Name,
                Units.CpuSeconds(Median.Of(costs[hop], static cost => cost.Node)),
                Units.CpuSeconds(Median.Of(costs[hop], static cost => cost.Hop)),
                Units.Ratio(Median.Of(costs[hop], static cost => cost.Node + cost.Hop) / direct),
                Units.BytesPerSecond(Median.Of(costs[hop], static cost => cost.BytesPerSecond)));
        }

        return table;
    }

    private static HopCost Move(ServerProcess node, Hop hop, long bytes)
    {
        var path = node.NextPath();
        var (nodeBefore, hopBefore, startedAt) = (node.CpuTime, hop.Cpu(), Stopwatch.GetTimestamp());
        new RelayClient(hop.Port).MovePair(path, bytes, seed: 1);
        var time = Stopwatch.GetElapsedTime(startedAt);
        var gibibytes = (double)bytes / (1024 * BenchmarkContext.MiB);
        return new HopCost(
            (node.CpuTime - nodeBefore).TotalSeconds / gibibytes,
            (hop.Cpu() - hopBefore).TotalSeconds / gibibytes,
            bytes / time.TotalSeconds);
    }

    private sealed record Hop(string Name, int Port, Func<TimeSpan> Cpu);

    private sealed record HopCost(double Node, double Hop, double BytesPerSecond);
}
