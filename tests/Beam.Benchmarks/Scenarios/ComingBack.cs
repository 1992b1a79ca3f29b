using System.Diagnostics;
using System.Globalization;
using Beam.Benchmarks.Load;
using Beam.Benchmarks.Measuring;
using Beam.Benchmarks.Reporting;
using Beam.Benchmarks.Servers;

namespace Beam.Benchmarks.Scenarios;

/// <summary>Receivers that break off and come back: how soon they go on, and what they cost while they are away.</summary>
internal sealed class ComingBack : IScenario
{
    // What the system may hold for a receiver is lost with it; the relay has to keep as much.
    private const int ReceiveBytes = 1024 * 1024;
    private const long ReadBeforeBreak = 1024 * 1024;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(1);

    public string Name => "coming-back";

    public Section Run(BenchmarkContext context)
    {
        var measures = new MeasureTable();
        MeasureReturns(context, measures);
        MeasureAbsence(context, measures);
        return new Section(
            "Coming back",
            "Receivers that reset their connection after a MiB of their file; their system may hold 1 MiB that they have not read.",
            measures.Table);
    }

    private static void MeasureReturns(BenchmarkContext context, MeasureTable measures)
    {
        var breaks = context.Pick(200, 5);
        var length = (breaks + 1) * ReadBeforeBreak;
        using var server = context.StartBeam();
        var path = server.NextPath();
        var sender = LoadThread.Run(() => server.Client.Send(path, length, seed: 1));
        var times = new List<TimeSpan>();
        var position = 0L;
        while (position < length)
        {
            var started = Stopwatch.GetTimestamp();
            var socket = Join(server, path, position);
            var first = Read(socket, seed: 1, position, bytes: 1);
            if (position > 0)
            {
                times.Add(Stopwatch.GetElapsedTime(started));
            }

            position += first + Read(socket, seed: 1, position + first, Math.Min(ReadBeforeBreak, length - position) - first);
            if (position < length)
            {
                socket.Reset();
            }
            else
            {
                socket.Dispose();
            }
        }

        times.Sort();
        measures.Add("broke off and came back", Units.Count(times.Count));
        measures.Add(
            "sender was told", string.Create(CultureInfo.InvariantCulture, $"{sender.Result.Status}"), "200", sender.Result.Status == 200);
        measures.Add("from connecting again to the first byte, median", Units.Microseconds(times[times.Count / 2].TotalMicroseconds));
        measures.Add("the same, slowest of a hundred", Units.Microseconds(times[times.Count * 99 / 100].TotalMicroseconds));
    }

    private static void MeasureAbsence(BenchmarkContext context, MeasureTable measures)
    {
        var transfers = context.Pick(100, 5);
        var length = context.Pick(32, 16) * BenchmarkContext.MiB;
        using var server = context.StartBeam();
        var meter = new CostMeter(server);
        string[] paths = [.. Enumerable.Range(0, transfers).Select(_ => server.NextPath())];
        Task<HttpAnswer>[] senders = [.. paths.Select((path, seed) => LoadThread.Run(() => server.Client.Send(path, length, seed)))];
        for (var i = 0; i < transfers; i++)
        {
            var socket = Join(server, paths[i], from: 0);
            Read(socket, seed: i, at: 0, ReadBeforeBreak);
            socket.Reset();
        }

        var used = Settling.Wait(server, transfers);
        var growth = server.Memory.Resident - meter.Idle.Resident;
        var back = 0;
        for (var i = 0; i < transfers; i++)
        {
            using var socket = Join(server, paths[i], ReadBeforeBreak);
            back += ReadBeforeBreak + Read(socket, seed: i, ReadBeforeBreak, length - ReadBeforeBreak) == length ? 1 : 0;
        }

        var confirmed = LoadThread.WaitAll(senders).Count(static answer => answer.Status == 200);
        measures.Add("transfers whose receiver is away", Units.Count(transfers));
        measures.Add("memory budget that they hold", Units.Bytes(used));
        measures.Add("server memory growth", Units.Bytes(growth));
        measures.Add("the same, each", Units.Bytes(growth / (double)transfers));
        measures.Add(
            "came back and got the rest", Units.Count(back), $"all {Units.Count(transfers)}", back == transfers && confirmed == transfers);
    }

    /// <summary>Connects for the rest of a file; the server may not have seen yet that the last connection has gone.</summary>
    private static HttpSocket Join(ServerProcess server, string path, long from)
    {
        while (true)
        {
            var socket = HttpSocket.Connect(server.Port, ReceiveBytes);
            socket.Send(string.Create(
                CultureInfo.InvariantCulture,
                $"GET /{path} HTTP/1.1\r\nHost: localhost\r\n{(from > 0 ? $"Range: bytes={from}-\r\n" : "")}\r\n"));
            switch (socket.ReadHead())
            {
                case { Status: 200 } when from == 0:
                case { Status: 206 }:
                    return socket;
                case { Status: 409 }:
                    socket.Dispose();
                    Thread.Sleep(RetryInterval);
                    break;
                case var head:
                    socket.Dispose();
                    throw new InvalidDataException($"A receiver from {from} got {head?.StartLine ?? "no answer"}.");
            }
        }
    }

    private static long Read(HttpSocket socket, int seed, long at, long bytes)
    {
        var buffer = new byte[64 * 1024];
        var read = 0L;
        while (read < bytes)
        {
            var count = socket.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, bytes - read)));
            if (count == 0)
            {
                break;
            }

            Pattern.Check(seed, at + read, buffer.AsSpan(0, count));
            read += count;
        }

        return read;
    }
}
