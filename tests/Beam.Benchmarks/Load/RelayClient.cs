using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Beam.Benchmarks.Servers;

namespace Beam.Benchmarks.Load;

/// <summary>Sends, receives and checks through a relay on this machine.</summary>
internal sealed class RelayClient(int port)
{
    // A slow receiver takes a little at a time, so that its pace is even.
    private const int SlowBytes = 64 * 1024;

    /// <summary>Mints a token.</summary>
    public string Mint()
    {
        using var socket = HttpSocket.Connect(port);
        socket.Send(
            "POST /token HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return ReadJson(socket.ReadAnswer()).GetProperty("token").GetString()!;
    }

    /// <summary>Reads the relay's totals.</summary>
    public JsonElement Overview()
    {
        using var socket = HttpSocket.Connect(port);
        socket.Send("GET / HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nConnection: close\r\n\r\n");
        return ReadJson(socket.ReadAnswer());
    }

    /// <summary>Reads how many bytes the server's code has allocated since it started.</summary>
    public long Allocated()
    {
        using var socket = HttpSocket.Connect(port);
        socket.Send($"GET {ServeCommand.AllocatedPath} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        // The number stands between two line ends, in a chunk.
        return long.Parse(socket.ReadAnswer().Body.Split("\r\n")[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Sends <paramref name="length"/> bytes and waits for the outcome.</summary>
    public HttpAnswer Send(string path, long length, int seed, ByteCount? progress = null, UploadFraming framing = UploadFraming.Length)
    {
        using var socket = HttpSocket.Connect(port);
        var (head, end) = Frame(path, length, framing);
        socket.Send(head);
        var sent = 0L;
        try
        {
            // An answer before the end is a refusal: the rest would be thrown away.
            while (sent < length && !socket.HasInput)
            {
                var count = (int)Math.Min(Pattern.MaxBytes, length - sent);
                if (framing == UploadFraming.Chunked)
                {
                    socket.Send(string.Create(CultureInfo.InvariantCulture, $"{(sent > 0 ? "\r\n" : "")}{count:x}\r\n"));
                }

                socket.Send(Pattern.At(seed, sent, count));
                sent += count;
                progress?.Add(count);
            }

            socket.Send(end);
        }
        catch (SocketException) when (socket.HasInput)
        {
            // The answer came first; it is what counts.
        }

        return socket.ReadAnswer();
    }

    /// <summary>Receives a transfer, checks its bytes, and closes in order.</summary>
    /// <param name="path">The token and the name.</param>
    /// <param name="seed">The seed that it was sent with.</param>
    /// <param name="progress">Counts the bytes.</param>
    /// <param name="bytesPerSecond">The pace, or <see langword="null"/> for as fast as it comes.</param>
    public Received Receive(string path, int seed, ByteCount? progress = null, long? bytesPerSecond = null)
    {
        using var socket = HttpSocket.Connect(port);
        socket.Send(ReceiveHead(path));
        if (socket.ReadHead() is not { } head)
        {
            return new Received(0, 0, null);
        }

        if (head.Status != 200)
        {
            return new Received(head.Status, 0, null);
        }

        var buffer = new byte[Math.Min(bytesPerSecond is null ? Pattern.MaxBytes : SlowBytes, head.ContentLength ?? Pattern.MaxBytes)];
        var started = Stopwatch.GetTimestamp();
        var received = 0L;
        var chunks = head.IsChunked ? new ChunkedBody(socket) : null;
        try
        {
            while (head.ContentLength is not { } length || received < length)
            {
                var count = chunks is null ? socket.Read(buffer) : chunks.Read(buffer);
                if (count == 0)
                {
                    break;
                }

                Pattern.Check(seed, received, buffer.AsSpan(0, count));
                received += count;
                progress?.Add(count);
                if (bytesPerSecond is { } pace)
                {
                    Rest(TimeSpan.FromSeconds((double)received / pace) - Stopwatch.GetElapsedTime(started));
                }
            }
        }
        catch (SocketException)
        {
            // A broken body: what came is counted, and it is not complete.
        }

        return new Received(head.Status, received, chunks is { IsAtEnd: true } ? received : head.ContentLength);
    }

    /// <summary>Moves one transfer through the relay, both ends at once.</summary>
    /// <exception cref="InvalidDataException">It did not arrive whole, or the sender was not told so.</exception>
    public void MovePair(string path, long length, int seed, UploadFraming framing = UploadFraming.Length)
    {
        var sender = LoadThread.Run(() => Send(path, length, seed, progress: null, framing));
        var received = Receive(path, seed);
        Confirm(sender.Result.Status, received, length);
    }

    /// <summary>Makes sure that the relay reported success to the sender and that the receiver has everything.</summary>
    public static void Confirm(int senderStatus, Received received, long length)
    {
        if (senderStatus != 200 || !received.IsComplete || received.Bytes != length)
        {
            throw new InvalidDataException($"The sender got {senderStatus}, the receiver {received}.");
        }
    }

    public static string SendHead(string path, long length) => string.Create(
        CultureInfo.InvariantCulture,
        $"PUT /{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n");

    public static string ReceiveHead(string path) => $"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n";

    /// <summary>Makes what comes before the bytes and after them.</summary>
    private static (string Head, string End) Frame(string path, long length, UploadFraming framing)
    {
        switch (framing)
        {
            case UploadFraming.Chunked:
                return ($"PUT /{path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", "\r\n0\r\n\r\n");
            case UploadFraming.Form:
                const string Boundary = "------------------------b3a7c0de5eed1234";
                const string Part = $"--{Boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\n"
                    + "Content-Type: application/octet-stream\r\n\r\n";
                const string End = $"\r\n--{Boundary}--\r\n";
                var head = string.Create(
                    CultureInfo.InvariantCulture,
                    $"POST /{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary={Boundary}\r\n"
                        + $"Content-Length: {Part.Length + length + End.Length}\r\n\r\n");
                return (head + Part, End);
            default:
                return (SendHead(path, length), "");
        }
    }

    private static void Rest(TimeSpan time)
    {
        if (time > TimeSpan.Zero)
        {
            Thread.Sleep(time);
        }
    }

    private static JsonElement ReadJson(HttpAnswer answer)
    {
        var start = answer.Body.IndexOf('{', StringComparison.Ordinal);
        return JsonElement.Parse(answer.Body.AsSpan(start, answer.Body.LastIndexOf('}') + 1 - start));
    }
}
