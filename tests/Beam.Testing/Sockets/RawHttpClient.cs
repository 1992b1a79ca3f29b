using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Beam.Testing;

/// <summary>
/// A TCP connection to a server on this machine, for what no well-behaved client does: half a request, a stalled reader, an RST.
/// </summary>
/// <remarks>
/// Every wait ends with a <see cref="TimeoutException"/> after <see cref="Patience"/>. One reader and one writer at a time.
/// </remarks>
public sealed class RawHttpClient : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    private RawHttpClient(Socket socket) => Socket = socket;

    /// <summary>The socket, for options this class has no word for.</summary>
    public Socket Socket { get; }

    /// <summary>How long one read or write may take; 30 seconds by default.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Connects to a loopback port.</summary>
    /// <param name="port">The port.</param>
    /// <param name="receiveBufferBytes">
    /// The kernel's receive buffer; a small one makes a stalled reader felt soon. Set before connecting.
    /// </param>
    public static async Task<RawHttpClient> ConnectAsync(int port, int? receiveBufferBytes = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (receiveBufferBytes is { } bytes)
            {
                socket.ReceiveBufferSize = bytes;
            }

            await socket.ConnectAsync(IPAddress.Loopback, port);
            return new RawHttpClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends text as UTF-8, exactly as given: lines of a head end in <c>\r\n</c>.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends bytes.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await Socket.SendAsync(bytes, patience.Token)..];
            }
        }
        catch (OperationCanceledException exception) when (patience.IsCancellationRequested)
        {
            throw new TimeoutException($"The server took no bytes for {Patience}; {bytes.Length} were left to send.", exception);
        }
    }

    /// <summary>Sends one chunk of a chunked body; an empty one ends the body.</summary>
    public Task SendChunkAsync(ReadOnlyMemory<byte> bytes)
    {
        byte[] head = Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n");
        return SendAsync((byte[])[.. head, .. bytes.Span, .. "\r\n"u8]);
    }

    /// <summary>Ends the sending half with a FIN; the receiving half stays open.</summary>
    public void FinishSending() => Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection with an RST, at once.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        Socket.Dispose();
    }

    /// <summary>Reads a response's head, an interim (1xx) one too.</summary>
    /// <exception cref="EndOfStreamException">The connection ended first.</exception>
    public async Task<RawResponseHead> ReadHeadAsync()
    {
        var head = new StringBuilder();
        do
        {
            head.Append(await ReadLineAsync());
        }
        while (head.Length == 0 || !EndsHead(head));

        return RawResponseHead.Parse(head.ToString());
    }

    /// <summary>Reads exactly <paramref name="count"/> bytes.</summary>
    /// <exception cref="EndOfStreamException">The connection ended first.</exception>
    public async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new ArrayBufferWriter<byte>(Math.Max(1, count));
        if (await ReadIntoAsync(bytes, count) is { } end)
        {
            throw new EndOfStreamException($"The connection ended ({end}) after {bytes.WrittenCount} of {count} bytes.");
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads until the connection ends, and tells an orderly end from a reset.</summary>
    public async Task<RawEnd> ReadToEndAsync()
    {
        var bytes = new ArrayBufferWriter<byte>();
        var end = await ReadIntoAsync(bytes, long.MaxValue);
        return new RawEnd(bytes.WrittenSpan.ToArray(), end!.Value);
    }

    /// <summary>Reads the body that belongs to <paramref name="head"/> and says whether all of it came.</summary>
    public async Task<RawBody> ReadBodyAsync(RawResponseHead head)
    {
        ArgumentNullException.ThrowIfNull(head);
        var bytes = new ArrayBufferWriter<byte>();
        ConnectionEnd? end;
        if (head["Transfer-Encoding"] is not null)
        {
            end = await ReadChunksAsync(bytes);
        }
        else if (head["Content-Length"] is { } length)
        {
            end = await ReadIntoAsync(bytes, long.Parse(length, CultureInfo.InvariantCulture));
        }
        else
        {
            end = await ReadIntoAsync(bytes, long.MaxValue);
            return new RawBody(bytes.WrittenSpan.ToArray(), end == ConnectionEnd.Orderly, end);
        }

        return new RawBody(bytes.WrittenSpan.ToArray(), end is null, end);
    }

    /// <inheritdoc/>
    public void Dispose() => Socket.Dispose();

    private static bool EndsHead(StringBuilder head) => head.Length >= 4 && head.ToString(head.Length - 4, 4) == "\r\n\r\n";

    /// <summary>Reads chunks into <paramref name="bytes"/>; null after the last chunk, else how the connection ended before it.</summary>
    private async Task<ConnectionEnd?> ReadChunksAsync(ArrayBufferWriter<byte> bytes)
    {
        while (true)
        {
            var line = new ArrayBufferWriter<byte>();
            if (await ReadLineIntoAsync(line) is { } cut)
            {
                return cut;
            }

            var text = Encoding.ASCII.GetString(line.WrittenSpan).Split(';')[0].Trim();
            var size = long.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return await SkipTrailersAsync();
            }

            if ((await ReadIntoAsync(bytes, size) ?? await ReadIntoAsync(new ArrayBufferWriter<byte>(), 2)) is { } end)
            {
                return end;
            }
        }
    }

    private async Task<ConnectionEnd?> SkipTrailersAsync()
    {
        while (true)
        {
            var line = new ArrayBufferWriter<byte>();
            if (await ReadLineIntoAsync(line) is { } end)
            {
                return end;
            }

            if (line.WrittenCount == 2)
            {
                return null;
            }
        }
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new ArrayBufferWriter<byte>();
        return await ReadLineIntoAsync(line) is { } end
            ? throw new EndOfStreamException(
                $"The connection ended ({end}) in the head, after: {Encoding.UTF8.GetString(line.WrittenSpan)}")
            : Encoding.UTF8.GetString(line.WrittenSpan);
    }

    /// <summary>Reads one line, its end included; null when it is whole, else how the connection ended.</summary>
    private async Task<ConnectionEnd?> ReadLineIntoAsync(ArrayBufferWriter<byte> line)
    {
        while (true)
        {
            if (_start == _end && await FillAsync() is { } end)
            {
                return end;
            }

            var held = _buffer.AsSpan(_start, _end - _start);
            var feed = held.IndexOf((byte)'\n');
            var part = feed < 0 ? held : held[..(feed + 1)];
            line.Write(part);
            _start += part.Length;
            if (feed >= 0)
            {
                return null;
            }
        }
    }

    /// <summary>Reads up to <paramref name="count"/> bytes; null when all came, else how the connection ended.</summary>
    private async Task<ConnectionEnd?> ReadIntoAsync(ArrayBufferWriter<byte> bytes, long count)
    {
        while (count > 0)
        {
            if (_start == _end && await FillAsync() is { } end)
            {
                return end;
            }

            var part = _buffer.AsSpan(_start, (int)Math.Min(count, _end - _start));
            bytes.Write(part);
            _start += part.Length;
            count -= part.Length;
        }

        return null;
    }

    private async Task<ConnectionEnd?> FillAsync()
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            _start = 0;
            _end = 0;
            _end = await Socket.ReceiveAsync(_buffer.AsMemory(), patience.Token);
            return _end == 0 ? ConnectionEnd.Orderly : null;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
        {
            return ConnectionEnd.Reset;
        }
        catch (OperationCanceledException exception) when (patience.IsCancellationRequested)
        {
            throw new TimeoutException($"The server sent nothing for {Patience}.", exception);
        }
    }
}
