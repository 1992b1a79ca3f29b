using System.Buffers.Binary;
using System.Text;

namespace Beam.Testing;

/// <summary>
/// An HTTP/2 connection with prior knowledge that asks for one file. It does what no well-behaved client does: it never opens its window,
/// or closes in the middle of everything.
/// </summary>
public sealed class RawHttp2Client : IDisposable
{
    /// <summary>The window of a stream for which nobody has named another (RFC 9113, section 6.5.2).</summary>
    public const int DefaultWindowBytes = 65_535;

    private const int HeaderBytes = 9;
    private const int StreamId = 1;
    private const byte DataFrame = 0;
    private const byte HeadersFrame = 1;
    private const byte ResetFrame = 3;
    private const byte SettingsFrame = 4;
    private const byte WindowUpdateFrame = 8;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;
    private const byte Acknowledgement = 1;
    private const ushort InitialWindowSize = 4;

    private readonly RawHttpClient _connection;
    private readonly List<byte> _data = [];

    private RawHttp2Client(RawHttpClient connection) => _connection = connection;

    /// <summary>The connection below.</summary>
    public RawHttpClient Connection => _connection;

    /// <summary>Whether the server has said that the response ends here.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether the server has broken the response off.</summary>
    public bool IsReset { get; private set; }

    /// <summary>Connects to a loopback port.</summary>
    /// <param name="port">The port.</param>
    /// <param name="windowBytes">How many bytes of a response the server may send; this client never gives it more.</param>
    public static async Task<RawHttp2Client> ConnectAsync(int port, int windowBytes = DefaultWindowBytes)
    {
        var client = new RawHttp2Client(await RawHttpClient.ConnectAsync(port));
        var settings = new byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(settings, InitialWindowSize);
        BinaryPrimitives.WriteInt32BigEndian(settings.AsSpan(2), windowBytes);
        await client._connection.SendAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(SettingsFrame, 0, 0, settings)]);
        return client;
    }

    /// <summary>Asks for a path, with a request that has no body.</summary>
    public Task GetAsync(string path)
    {
        // Static table entries 2 (GET) and 6 (http); then :path (4) and :authority (1) as literals.
        // RFC 7541, section 6.2.2 and appendix A.
        byte[] headers = [0x82, 0x86, 0x04, .. Literal(path), 0x01, .. Literal("localhost")];
        return _connection.SendAsync(Frame(HeadersFrame, EndStream | EndHeaders, StreamId, headers));
    }

    /// <summary>Gives the response's stream more room.</summary>
    public Task OpenWindowAsync(int bytes)
    {
        var increment = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(increment, bytes);
        return _connection.SendAsync(Frame(WindowUpdateFrame, 0, StreamId, increment));
    }

    /// <summary>Says that no more of the response is wanted.</summary>
    public Task CancelAsync() => _connection.SendAsync(Frame(ResetFrame, 0, StreamId, [0, 0, 0, 8]));

    /// <summary>Reads until the response has a number of bytes in all, has ended, or was broken off.</summary>
    /// <returns>All bytes of it so far.</returns>
    public async Task<byte[]> ReadUntilAsync(int bytes)
    {
        while (_data.Count < bytes && !IsEnded && !IsReset)
        {
            await ReadFrameAsync();
        }

        return [.. _data];
    }

    /// <summary>Reads until the response has ended or was broken off.</summary>
    /// <returns>All bytes of it.</returns>
    public Task<byte[]> ReadToEndAsync() => ReadUntilAsync(int.MaxValue);

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static byte[] Literal(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeaderBytes + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(HeaderBytes));
        return frame;
    }

    private async Task ReadFrameAsync()
    {
        var header = await _connection.ReadAsync(HeaderBytes);
        var payload = await _connection.ReadAsync(BinaryPrimitives.ReadInt32BigEndian(header) >> 8 & 0xFFFFFF);
        var isOurs = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)) == StreamId;
        switch (header[3])
        {
            case SettingsFrame when (header[4] & Acknowledgement) == 0:
                await _connection.SendAsync(Frame(SettingsFrame, Acknowledgement, 0, []));
                break;
            case DataFrame or HeadersFrame when isOurs:
                _data.AddRange(header[3] == DataFrame ? payload : []);
                IsEnded |= (header[4] & EndStream) != 0;
                break;
            case ResetFrame when isOurs:
                IsReset = true;
                break;
            default:
                break;
        }
    }
}
