using System.Diagnostics;
using System.Globalization;
using Beam.Benchmarks.Load;
using Beam.Benchmarks.Measuring;
using Beam.Benchmarks.Reporting;
using Beam.Benchmarks.Servers;

namespace Beam.Benchmarks.Scenarios;

/// <summary>The ways in which bytes come and go, each compared with the socket copy of one pair, in turn, in one run.</summary>
internal sealed class Workloads : IScenario
{
    private const int Many = 32;
    private const int Receivers = 3;

    public string Name => "workloads";

    public Section Run(BenchmarkContext context)
    {
        var bytes = context.Pick(1024, 32) * BenchmarkContext.MiB;
        using var folder = new SpillFolder();
        using var copy = context.Start(ServerKind.Copy);
        using var other = context.StartOtherLimit();
        using var beam = context.StartBeam();
        using var stock = context.StartBeam("--BeamDefaults=false");
        using var spilling = context.StartBeam(folder.Settings(memoryBytes: 16 * BenchmarkContext.MiB, diskBytes: 2 * bytes));
        using var nginx = ProxyProcess.StartNginx(copy.Port);
        List<Workload> workloads =
        [
            new("socket copy, one pair", Bound: null, () => Pairs.Move(copy, 1, bytes)),
            new("one pair with a length", 2.2, () => Pairs.Move(beam, 1, bytes)),
            new("the same, without UseBeamDefaults", Bound: null, () => Pairs.Move(stock, 1, bytes)),
            new("one pair, chunked", 2.4, () => MoveFramed(beam, bytes, UploadFraming.Chunked)),
            new("one pair, from a form", 2.44, () => MoveFramed(beam, bytes, UploadFraming.Form)),
            new("32 pairs", 2.4, () => Pairs.Move(beam, Many, bytes / Many)),
            new("1 sender, 3 receivers, per GiB delivered", 1.5, () => MoveToThree(beam, bytes / Receivers)),
            new("one pair over HTTP/2 without TLS", 3.5, () => MoveOverHttp2(beam, bytes)),
            new("a file alone, written and read in pieces of 256 KiB", Bound: null, () => folder.WriteAndRead(bytes)),
            new("sent to the disk, then received", 3.0, () => MoveThroughDisk(spilling, bytes)),
        ];
        if (nginx is not null)
        {
            workloads.Insert(
                1,
                new("nginx, unbuffered, as the sender's proxy to it", Bound: null, () => MoveThroughProxy(nginx, copy, bytes)));
        }

        if (other is not null)
        {
            workloads.Insert(1, new("the other limit, one pair", Bound: null, () => Pairs.Move(other, 1, bytes)));
        }

        var costs = workloads.ToDictionary(static workload => workload, static _ => new List<Cost>());
        for (var run = -1; run < context.Runs; run++)
        {
            foreach (var workload in workloads)
            {
                var cost = workload.Move();
                if (run >= 0)
                {
                    costs[workload].Add(cost);
                }
            }
        }

        var limit = Median.Of(costs[workloads[0]], static cost => cost.CpuSecondsPerGiB);
        var table = new Table("Workload", "Server CPU per GiB", "To the socket copy", "Aim", "Throughput", "Memory growth");
        foreach (var workload in workloads)
        {
            var cpu = Median.Of(costs[workload], static cost => cost.CpuSecondsPerGiB);
            table.Add(
                workload.Name,
                Units.CpuSeconds(cpu),
                Units.Ratio(cpu / limit),
                workload.Bound is { } bound
                    ? string.Create(CultureInfo.InvariantCulture, $"{bound:0.0#}: {(cpu / limit <= bound ? "met" : "missed")}")
                    : "",
                Units.BytesPerSecond(Median.Of(costs[workload], static cost => cost.BytesPerSecond)),
                Units.Bytes(costs[workload].Max(static cost => cost.MemoryGrowth)));
        }

        return new Section(
            "Workloads", $"{Units.Bytes(bytes)} delivered in each; median of {context.Runs} interleaved runs after one to warm up.", table);
    }

    private static Cost MoveThroughProxy(ProxyProcess proxy, ServerProcess server, long bytes)
    {
        var path = server.NextPath();
        var (cpuBefore, memoryBefore, startedAt) = (proxy.CpuTime, proxy.Memory.Resident, Stopwatch.GetTimestamp());
        var sender = LoadThread.Run(() => new RelayClient(proxy.Port).Send(path, bytes, seed: 1));
        var received = server.Client.Receive(path, seed: 1);
        RelayClient.Confirm(sender.Result.Status, received, bytes);
        return new Cost(bytes, Stopwatch.GetElapsedTime(startedAt), proxy.CpuTime - cpuBefore, proxy.Memory.Peak - memoryBefore);
    }

    private static Cost MoveFramed(ServerProcess server, long bytes, UploadFraming framing)
    {
        var meter = new CostMeter(server);
        server.Client.MovePair(server.NextPath(), bytes, seed: 1, framing);
        return meter.Stop(bytes);
    }

    private static Cost MoveOverHttp2(ServerProcess server, long bytes)
    {
        var meter = new CostMeter(server);
        new Http2Client(server.Http2Port).MovePair(server.NextPath(), bytes, seed: 1);
        return meter.Stop(bytes);
    }

    private static Cost MoveToThree(ServerProcess server, long bytes)
    {
        var meter = new CostMeter(server);
        var path = server.NextPath();
        var sender = LoadThread.Run(
            () => server.Client.Send(string.Create(CultureInfo.InvariantCulture, $"{path}?receivers={Receivers}"), bytes, seed: 1));
        var receivers = Enumerable.Range(0, Receivers).Select(_ => LoadThread.Run(() => server.Client.Receive(path, seed: 1)));
        foreach (var received in LoadThread.WaitAll(receivers))
        {
            RelayClient.Confirm(sender.Result.Status, received, bytes);
        }

        return meter.Stop(Receivers * bytes);
    }

    private static Cost MoveThroughDisk(ServerProcess server, long bytes)
    {
        var meter = new CostMeter(server);
        var path = server.NextPath();
        var sent = new ByteCount();
        var sender = LoadThread.Run(() => server.Client.Send(path, bytes, seed: 1, sent));
        while (sent.Value < bytes && !sender.IsCompleted)
        {
            Thread.Sleep(SpillFolder.LookInterval);
        }

        RelayClient.Confirm(200, server.Client.Receive(path, seed: 1), bytes);
        return meter.Stop(bytes);
    }

    private sealed record Workload(string Name, double? Bound, Func<Cost> Move);
}
