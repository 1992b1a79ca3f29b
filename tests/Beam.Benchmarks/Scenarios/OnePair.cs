using Beam.Benchmarks.Measuring;
using Beam.Benchmarks.Reporting;

namespace Beam.Benchmarks.Scenarios;

/// <summary>One large file from one sender to one receiver.</summary>
internal sealed class OnePair : IScenario
{
    private const long AllowedBytes = 8 * BenchmarkContext.MiB;

    // The second transfer only shows what the bytes cost when the code is compiled and the heap has its size.
    private const int SecondShare = 4;

    public string Name => "one-pair";

    public Section Run(BenchmarkContext context)
    {
        var bytes = context.Pick(4096, 64) * BenchmarkContext.MiB;
        var idle = new List<long>();
        var again = new List<Cost>();
        var allocated = new List<double>();
        var costs = new List<Cost>();
        for (var run = 0; run < context.Runs; run++)
        {
            using var server = context.StartBeam();
            var allocatedBefore = server.Client.Allocated();
            var idleBefore = server.Memory.Resident;
            costs.Add(Pairs.Move(server, pairs: 1, bytes));
            allocated.Add((server.Client.Allocated() - allocatedBefore) / (bytes / (1024.0 * BenchmarkContext.MiB)));
            idle.Add(idleBefore);
            again.Add(Pairs.Move(server, pairs: 1, bytes / SecondShare));
        }

        var growthAgain = again.Max(static cost => cost.MemoryGrowth);
        var growth = costs.Max(static cost => cost.MemoryGrowth);
        var bound = context.HeldBytes + AllowedBytes;
        var measures = new MeasureTable();
        measures.Add("bytes received", Units.Bytes(bytes), "equal to those sent", isMet: true);
        measures.Add("throughput", Units.BytesPerSecond(Median.Of(costs, static cost => cost.BytesPerSecond)));
        measures.Add("server CPU per GiB", Units.CpuSeconds(Median.Of(costs, static cost => cost.CpuSecondsPerGiB)));
        measures.Add("allocated by the server per GiB", Units.Bytes(Median.Of(allocated, static bytes => bytes)));
        measures.Add("server memory, idle", Units.Bytes(Median.Of(idle, static bytes => bytes)));
        measures.Add(
            "growth, new server, worst run", Units.Bytes(growth), $"window + kept + 8 MiB = {Units.Bytes(bound)}", growth <= bound);
        measures.Add(
            "growth, second transfer, worst run",
            Units.Bytes(growthAgain),
            $"window + kept + 8 MiB = {Units.Bytes(bound)}",
            growthAgain <= bound);
        return new Section(
            "One pair",
            $"{Units.Bytes(bytes)} in one transfer with a declared length; "
                + $"{costs.Count} runs, each in a new server that has moved 20 small files, and in each then a quarter of it again.",
            measures.Table);
    }
}
