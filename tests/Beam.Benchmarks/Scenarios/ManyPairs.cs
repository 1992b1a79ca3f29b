using Beam.Benchmarks.Reporting;

namespace Beam.Benchmarks.Scenarios;

/// <summary>Many transfers at once.</summary>
internal sealed class ManyPairs : IScenario
{
    public string Name => "many-pairs";

    public Section Run(BenchmarkContext context)
    {
        var pairs = context.Pick(200, 10);
        var bytesEach = context.Pick(16, 1) * BenchmarkContext.MiB;
        using var server = context.StartBeam();
        var allocatedBefore = server.Client.Allocated();
        var cost = Pairs.Move(server, pairs, bytesEach);
        var allocated = server.Client.Allocated() - allocatedBefore;
        var measures = new MeasureTable();
        measures.Add("bytes received", Units.Bytes(cost.Bytes), "equal to those sent", isMet: true);
        measures.Add("throughput", Units.BytesPerSecond(cost.BytesPerSecond));
        measures.Add("server CPU per GiB", Units.CpuSeconds(cost.CpuSecondsPerGiB));
        measures.Add("allocated by the server, in all", Units.Bytes(allocated));
        measures.Add("memory growth over idle", Units.Bytes(cost.MemoryGrowth));
        measures.Add("per pair", Units.Bytes(cost.MemoryGrowth / (double)pairs));
        return new Section($"{pairs} pairs at once", $"{Units.Bytes(bytesEach)} each.", measures.Table);
    }
}
