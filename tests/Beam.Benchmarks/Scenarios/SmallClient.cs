using System.Diagnostics;
using System.Text;
using Beam.Benchmarks.Load;
using Beam.Benchmarks.Servers;

namespace Beam.Benchmarks.Scenarios;

/// <summary>
/// One user with small transfers, one after the other. Each method returns how many microseconds each took, from its first byte to the
/// sender's receipt.
/// </summary>
internal static class SmallClient
{
    private const int Bytes = 1024;

    /// <summary>Requests that are answered with their own body.</summary>
    public static List<double> Echo(ServerProcess server, TimeSpan time)
    {
        using var socket = HttpSocket.Connect(server.Port);
        return Repeat(time, seed => Echo(socket, seed));
    }

    /// <summary>The receiver comes on a new connection each time.</summary>
    public static List<double> Transfer(ServerProcess server, TimeSpan time)
    {
        using var sender = HttpSocket.Connect(server.Port);
        return Repeat(time, seed =>
        {
            var path = server.NextPath();
            Send(sender, path, seed);
            var received = server.Client.Receive(path, seed);
            RelayClient.Confirm(sender.ReadAnswer().Status, received, Bytes);
        });
    }

    /// <summary>The receiver asks for the next file on the same connection, as soon as it has one.</summary>
    public static List<double> TransferKept(ServerProcess server, TimeSpan time)
    {
        var paths = server.NextPath();
        using var sender = HttpSocket.Connect(server.Port);
        var receiving = LoadThread.Run(() => ReceiveAll(server, paths));
        var latencies = Repeat(time, seed =>
        {
            Send(sender, $"{paths}-{seed}", seed);
            RelayClient.Confirm(sender.ReadAnswer().Status, new Received(200, Bytes, Bytes), Bytes);
        });

        // An empty file is the last one.
        sender.Send(RelayClient.SendHead($"{paths}-{latencies.Count}", 0));
        return sender.ReadAnswer().Status == 200 && receiving.Result == latencies.Count
            ? latencies
            : throw new InvalidDataException("The receiver has not got all files.");
    }

    private static int ReceiveAll(ServerProcess server, string paths)
    {
        using var socket = HttpSocket.Connect(server.Port);
        var buffer = new byte[Bytes];
        for (var count = 0; ; count++)
        {
            socket.Send(RelayClient.ReceiveHead($"{paths}-{count}"));
            if (socket.ReadHead() is not { Status: 200, ContentLength: { } length })
            {
                throw new InvalidDataException("The receiver was refused.");
            }

            if (length == 0)
            {
                return count;
            }

            for (var received = 0; received < length;)
            {
                var read = socket.Read(buffer.AsSpan(received));
                if (read == 0)
                {
                    throw new InvalidDataException("The file broke off.");
                }

                received += read;
            }

            Pattern.Check(count, 0, buffer);
        }
    }

    private static List<double> Repeat(TimeSpan time, Action<int> step)
    {
        var latencies = new List<double>();
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            var began = Stopwatch.GetTimestamp();
            step(latencies.Count);
            latencies.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        }

        return latencies;
    }

    private static void Send(HttpSocket sender, string path, int seed)
        => sender.Send([.. Encoding.Latin1.GetBytes(RelayClient.SendHead(path, Bytes)), .. Pattern.At(seed, 0, Bytes)]);

    private static void Echo(HttpSocket socket, int seed)
    {
        socket.Send([.. "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1024\r\n\r\n"u8, .. Pattern.At(seed, 0, Bytes)]);
        var answer = socket.ReadAnswer();
        if (answer.Status != 200 || !answer.Body.Contains(Encoding.Latin1.GetString(Pattern.At(seed, 0, Bytes)), StringComparison.Ordinal))
        {
            throw new InvalidDataException("The echo is not what was said.");
        }
    }
}
