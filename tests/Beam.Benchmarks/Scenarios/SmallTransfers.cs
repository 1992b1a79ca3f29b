using System.Diagnostics;
using Beam.Benchmarks.Load;
using Beam.Benchmarks.Measuring;
using Beam.Benchmarks.Reporting;
using Beam.Benchmarks.Servers;

namespace Beam.Benchmarks.Scenarios;

/// <summary>Transfers of 1 KiB: what one costs beside its bytes.</summary>
internal sealed class SmallTransfers : IScenario
{
    public string Name => "small";

    public Section Run(BenchmarkContext context)
    {
        var time = context.Pick(TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(200));
        using var copy = context.Start(ServerKind.Copy);
        using var echo = context.Start(ServerKind.Echo);
        using var kestrel = context.Start(ServerKind.Kestrel);
        using var beam = context.StartBeam();
        using var keeping = context.StartBeam("--BeamHttp:MaxKeepAliveBytes=65536");
        Subject limit = new(ServerKind.Copy.Describe(), copy, SmallClient.Transfer);
        Subject[] subjects =
        [
            limit,
            new(ServerKind.Echo.Describe(), echo, SmallClient.Echo),
            new(ServerKind.Kestrel.Describe(), kestrel, SmallClient.Transfer),
            new(ServerKind.Beam.Describe(), beam, SmallClient.Transfer),
            new("the same, receivers keep their connections", keeping, SmallClient.TransferKept),
        ];
        var table = new Table("Server", "At once", "Transfers a second", "To the socket copy", "p50", "p99", "Server CPU each");
        foreach (var atOnce in (int[])[1, 32])
        {
            var results = subjects.ToDictionary(static subject => subject, static _ => new List<SmallRun>());
            for (var run = 0; run < context.Runs; run++)
            {
                foreach (var subject in subjects)
                {
                    results[subject].Add(Measure(subject, atOnce, time));
                }
            }

            var limitRate = Median.Of(results[limit], static run => run.PerSecond);
            foreach (var subject in subjects)
            {
                var rate = Median.Of(results[subject], static run => run.PerSecond);
                table.Add(
                    subject.Name,
                    Units.Count(atOnce),
                    Units.Count(rate),
                    Units.Ratio(rate / limitRate),
                    Units.Microseconds(Median.Of(results[subject], static run => run.MedianMicroseconds)),
                    Units.Microseconds(Median.Of(results[subject], static run => run.P99Microseconds)),
                    Units.Microseconds(Median.Of(results[subject], static run => run.CpuMicroseconds)));
            }
        }

        return new Section(
            "Small transfers",
            "1 KiB through, the token given. A relay's sender keeps its connection; its receiver comes on a new one each time, "
                + "unless it keeps it (`MaxKeepAliveBytes`): then it asks for the next file as soon as it has one. "
                + $"The echo is one request on a kept connection. Median of {context.Runs} interleaved runs.",
            table);
    }

    private static SmallRun Measure(Subject subject, int atOnce, TimeSpan time)
    {
        var server = subject.Server;
        var cpuBefore = server.CpuTime;
        var started = Stopwatch.GetTimestamp();
        var clients = Enumerable.Range(0, atOnce).Select(_ => LoadThread.Run(() => subject.Repeat(server, time)));
        double[] latencies = [.. LoadThread.WaitAll(clients).SelectMany(static all => all)];
        var elapsed = Stopwatch.GetElapsedTime(started);
        Array.Sort(latencies);
        return new SmallRun(
            latencies.Length / elapsed.TotalSeconds,
            latencies[latencies.Length / 2],
            latencies[latencies.Length * 99 / 100],
            (server.CpuTime - cpuBefore).TotalMicroseconds / latencies.Length);
    }

    private sealed record Subject(string Name, ServerProcess Server, Func<ServerProcess, TimeSpan, List<double>> Repeat);
}
