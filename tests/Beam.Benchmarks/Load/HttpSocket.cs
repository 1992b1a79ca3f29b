using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Beam.Benchmarks.Load;

/// <summary>A blocking socket that speaks as much HTTP/1.1 as a load client or a plain server needs. For one thread at a time.</summary>
internal sealed class HttpSocket : IDisposable
{
    // Longer than any step of a scenario takes; a hanging server then ends the run instead of stopping it.
    private const int TimeoutMilliseconds = 120_000;

    private readonly Socket _socket;
    private readonly byte[] _buffer;
    private int _start;
    private int _end;

    public HttpSocket(Socket socket, int bufferBytes = 4096)
    {
        _socket = socket;
        _buffer = new byte[bufferBytes];
        _socket.NoDelay = true;
        _socket.SendTimeout = TimeoutMilliseconds;
        _socket.ReceiveTimeout = TimeoutMilliseconds;
    }

    /// <summary>Gets a value indicating whether the other side has sent something that was not read yet.</summary>
    public bool HasInput => _end > _start || _socket.Available > 0;

    /// <summary>Connects to a server on this machine.</summary>
    /// <param name="port">Its port.</param>
    /// <param name="receiveBytes">How many bytes the system may hold for us, or <see langword="null"/> for as many as it likes.</param>
    public static HttpSocket Connect(int port, int? receiveBytes = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (receiveBytes is { } bytes)
            {
                socket.ReceiveBufferSize = bytes;
            }

            socket.Connect(IPAddress.Loopback, port);
            return new HttpSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    public void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    /// <summary>Reads a head; what follows it is kept for <see cref="Read"/>.</summary>
    /// <returns>The head, or <see langword="null"/> when the connection ends instead.</returns>
    public HttpHead? ReadHead() => TryReadUntil("\r\n\r\n"u8, out var head) ? HttpHead.Parse(head) : null;

    /// <summary>Reads a line; what follows it is kept for <see cref="Read"/>.</summary>
    /// <returns>The line without its end, or <see langword="null"/> when the connection ends instead.</returns>
    public string? ReadLine() => TryReadUntil("\r\n"u8, out var line) ? Encoding.Latin1.GetString(line) : null;

    /// <summary>Reads what is there, at least one byte.</summary>
    /// <returns>How many bytes were read, 0 at the end of the connection.</returns>
    public int Read(Span<byte> destination)
    {
        if (_start == _end)
        {
            return _socket.Receive(destination);
        }

        var count = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        return count;
    }

    /// <summary>Reads a short answer with its body; the connection can be used for another request afterwards.</summary>
    public HttpAnswer ReadAnswer()
    {
        var head = ReadHead() ?? throw new IOException("The connection ended without an answer.");
        var body = new StringBuilder();
        Span<byte> part = stackalloc byte[1024];
        var left = head.IsChunked ? long.MaxValue : head.ContentLength ?? long.MaxValue;
        while (left > 0)
        {
            // A chunked body is read up to its last chunk; the answers are text without such a line in it.
            if (head.IsChunked && body.ToString().EndsWith("0\r\n\r\n", StringComparison.Ordinal))
            {
                break;
            }

            var count = Read(part[..(int)Math.Min(part.Length, left)]);
            if (count == 0)
            {
                break;
            }

            left -= count;
            body.Append(Encoding.Latin1.GetString(part[..count]));
        }

        return new HttpAnswer(head.Status, body.ToString());
    }

    /// <summary>Says that nothing more will be sent.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Resets the connection, as the system of a killed program does that has not read everything.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private bool TryReadUntil(ReadOnlySpan<byte> mark, out ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var received = _buffer.AsSpan(_start, _end - _start);
            var length = received.IndexOf(mark);
            if (length >= 0)
            {
                _start += length + mark.Length;
                text = received[..length];
                return true;
            }

            received.CopyTo(_buffer);
            (_start, _end) = (0, received.Length);
            var count = _socket.Receive(_buffer.AsSpan(_end));
            if (count == 0)
            {
                text = default;
                return false;
            }

            _end += count;
        }
    }
}
