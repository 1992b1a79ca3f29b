using Beam.Benchmarks.Load;
using Beam.Benchmarks.Measuring;
using Beam.Benchmarks.Reporting;
using Beam.Benchmarks.Servers;

namespace Beam.Benchmarks.Scenarios;

/// <summary>One transfer at a steady pace and one as fast as it goes, with and without many watchers.</summary>
internal sealed class Watchers : IScenario
{
    private const long PaceMiB = 50;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    public string Name => "watchers";

    public Section Run(BenchmarkContext context)
    {
        var bytes = context.Pick(2048, 16) * BenchmarkContext.MiB;
        var slowBytes = context.Pick(PaceMiB * 10, 4) * BenchmarkContext.MiB;
        int[] counts = [0, context.Pick(1000, 10)];
        using var server = context.StartBeam();
        var costs = counts.ToDictionary(static count => count, static _ => new List<(Cost Fast, Cost Slow)>());
        var growth = counts.ToDictionary(static count => count, static _ => 0L);
        for (var run = -1; run < context.Runs; run++)
        {
            foreach (var count in counts)
            {
                var fast = Move(server, count, bytes, bytesPerSecond: null);
                var slow = Move(server, count, slowBytes, PaceMiB * BenchmarkContext.MiB);

                // What the first watchers need is kept for the next.
                growth[count] = Math.Max(growth[count], Math.Max(fast.MemoryGrowth, slow.MemoryGrowth));
                if (run >= 0)
                {
                    costs[count].Add((fast, slow));
                }
            }
        }

        var table = new Table(
            "Watchers", "Throughput", "To none", "Server CPU per GiB", $"CPU while {PaceMiB} MiB/s pass", "Memory growth, most");
        var alone = Median.Of(costs[0], static cost => cost.Fast.BytesPerSecond);
        foreach (var count in counts)
        {
            var pace = Median.Of(costs[count], static cost => cost.Fast.BytesPerSecond);
            table.Add(
                Units.Count(count),
                Units.BytesPerSecond(pace),
                Units.Ratio(pace / alone),
                Units.CpuSeconds(Median.Of(costs[count], static cost => cost.Fast.CpuSecondsPerGiB)),
                Units.Percent(Median.Of(costs[count], static cost => cost.Slow.Cpu / cost.Slow.Time)),
                Units.Bytes(growth[count]));
        }

        return new Section(
            "Watchers",
            $"{Units.Bytes(bytes)} as fast as it goes, and {Units.Bytes(slowBytes)} at a steady pace, whose events each watcher gets; "
                + $"median of {context.Runs} interleaved runs after one to warm up. The CPU is of one core.",
            table);
    }

    private static Cost Move(ServerProcess server, int watchers, long bytes, long? bytesPerSecond)
    {
        var path = server.NextPath();
        var waiting = server.Client.Overview().GetProperty("activeTransfers").GetInt32() + 1;
        var sender = LoadThread.Run(() => server.Client.Send(path, bytes, seed: 1));
        while (server.Client.Overview().GetProperty("activeTransfers").GetInt32() < waiting)
        {
            Thread.Sleep(LookInterval);
        }

        var idle = server.Memory.Resident;
        var watching = new List<HttpSocket>();
        try
        {
            for (var i = 0; i < watchers; i++)
            {
                watching.Add(Watch(server, path));
            }

            var meter = new CostMeter(server);
            var received = server.Client.Receive(path, seed: 1, progress: null, bytesPerSecond);
            RelayClient.Confirm(sender.Result.Status, received, bytes);

            // The watchers' connections are part of what they cost.
            return meter.Stop(bytes) with { MemoryGrowth = server.Memory.Peak - idle };
        }
        finally
        {
            watching.ForEach(static socket => socket.Dispose());
        }
    }

    private static HttpSocket Watch(ServerProcess server, string path)
    {
        var socket = HttpSocket.Connect(server.Port);
        socket.Send($"GET /{path}?events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return socket.ReadHead() is { Status: 200 } ? socket : throw new InvalidDataException("A watcher was refused.");
    }
}
