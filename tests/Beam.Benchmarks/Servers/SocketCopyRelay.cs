using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Beam.Benchmarks.Load;

namespace Beam.Benchmarks.Servers;

/// <summary>
/// The plainest relay of bytes: a thread a sender, one receive and one send of up to 256 KiB in turn. It understands what the load clients
/// say and nothing else.
/// </summary>
internal static class SocketCopyRelay
{
    private const int CopyBytes = 256 * 1024;

    public static void Run(Action<int> announce)
    {
        var meetings = new Meetings<Meeting>();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        announce(((IPEndPoint)listener.LocalEndPoint!).Port);
        while (true)
        {
            // The load clients say at once what they want, so only senders need a thread; receivers are left to their sender's.
            var socket = new HttpSocket(listener.Accept());
            if (socket.ReadHead() is not { } head)
            {
                socket.Dispose();
            }
            else if (head.StartLine.StartsWith("GET ", StringComparison.Ordinal))
            {
                meetings.Join(Path(head)).Receiver.SetResult(socket);
            }
            else
            {
                new Thread(() => Serve(socket, head, meetings)) { IsBackground = true }.Start();
            }
        }
    }

    private static void Serve(HttpSocket sender, HttpHead? head, Meetings<Meeting> meetings)
    {
        var buffer = new byte[CopyBytes];
        try
        {
            for (; head is not null; head = sender.ReadHead())
            {
                using (var receiver = meetings.Join(Path(head)).Receiver.Task.Result)
                {
                    Copy(sender, receiver, head.ContentLength!.Value, buffer);
                }

                meetings.End(Path(head));
                sender.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsent\n");
            }
        }
        catch (SocketException)
        {
            // A client has gone; the others go on.
        }

        sender.Dispose();
    }

    private static string Path(HttpHead head) => head.StartLine.Split(' ')[1];

    private static void Copy(HttpSocket sender, HttpSocket receiver, long length, byte[] buffer)
    {
        receiver.Send(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n"));
        while (length > 0)
        {
            var count = sender.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, length)));
            if (count == 0)
            {
                return;
            }

            receiver.Send(buffer.AsSpan(0, count));
            length -= count;
        }
    }

    private sealed class Meeting
    {
        public TaskCompletionSource<HttpSocket> Receiver { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
