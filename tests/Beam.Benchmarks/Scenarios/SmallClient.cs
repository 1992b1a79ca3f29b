using System.Diagnostics;
using System.Text;
using Beam.Benchmarks.Load;
using Beam.Benchmarks.Servers;

namespace Beam.Benchmarks.Scenarios;

/// <summary>One user with small transfers, one after the other.</summary>
internal static class SmallClient
{
    private const int Bytes = 1024;

    /// <returns>How many microseconds each transfer took, from its first byte to the sender's receipt.</returns>
    public static List<double> Repeat(ServerProcess server, TimeSpan time)
    {
        using var sender = HttpSocket.Connect(server.Port);
        var latencies = new List<double>();
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            var began = Stopwatch.GetTimestamp();
            if (server.Kind == ServerKind.Echo)
            {
                Echo(sender, latencies.Count);
            }
            else
            {
                Transfer(server, sender, latencies.Count);
            }

            latencies.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        }

        return latencies;
    }

    private static void Transfer(ServerProcess server, HttpSocket sender, int seed)
    {
        var path = server.NextPath();
        sender.Send([.. Encoding.Latin1.GetBytes(RelayClient.SendHead(path, Bytes)), .. Pattern.At(seed, 0, Bytes)]);
        var received = server.Client.Receive(path, seed);
        RelayClient.Confirm(sender.ReadAnswer().Status, received, Bytes);
    }

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
