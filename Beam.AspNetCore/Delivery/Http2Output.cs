using System.Buffers.Binary;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// Follows what a server sends on a connection, frame by frame (RFC 9113, section 4.1), if it is HTTP/2. When a write to a response has
/// ended, its bytes may still wait for room in the stream's window. Only the frames tell when they have left.
/// </summary>
internal sealed class Http2Output
{
    private const int HeaderBytes = 9;
    private const byte DataFrame = 0;
    private const byte HeadersFrame = 1;
    private const byte SettingsFrame = 4;
    private const byte EndStreamFlag = 1;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, SentStream> _streams = [];
    private readonly List<SentStream> _unflushed = [];
    private readonly byte[] _header = new byte[HeaderBytes];
    private int _headerBytes;
    private int _payloadBytes;
    private SentStream? _stream;
    private bool _isFirst = true;
    private volatile bool _isHttp2 = true;

    /// <summary>Gets a value indicating whether the bytes so far, if there are any, are HTTP/2.</summary>
    public bool IsHttp2 => _isHttp2;

    /// <summary>Gets a value indicating whether a followed stream has bytes that have not been flushed.</summary>
    public bool HasUnflushed
    {
        get
        {
            if (!_isHttp2)
            {
                return false;
            }

            lock (_lock)
            {
                return _unflushed.Count > 0;
            }
        }
    }

    /// <summary>Begins to follow a stream on which nothing has been sent.</summary>
    public SentStream Follow(int streamId)
    {
        lock (_lock)
        {
            return _streams[streamId] = new SentStream(streamId, _lock);
        }
    }

    /// <summary>Stops following a stream.</summary>
    public void Forget(SentStream stream)
    {
        lock (_lock)
        {
            _streams.Remove(stream.Id);
        }
    }

    /// <summary>Notes bytes that the server has written.</summary>
    public void OnWritten(ReadOnlySpan<byte> bytes)
    {
        if (!_isHttp2)
        {
            return;
        }

        lock (_lock)
        {
            while (!bytes.IsEmpty && _isHttp2)
            {
                bytes = _headerBytes < HeaderBytes ? ReadHeader_NeedsLock(bytes) : ReadPayload_NeedsLock(bytes);
            }
        }
    }

    /// <summary>Notes that the server has flushed everything written. It writes nothing while it flushes.</summary>
    /// <param name="position">How many bytes the connection was given to send, including those that encryption adds.</param>
    public void OnFlushed(long position)
    {
        lock (_lock)
        {
            _unflushed.ForEach(stream => stream.OnFlushed_NeedsLock(position));
            _unflushed.Clear();
        }
    }

    private ReadOnlySpan<byte> ReadHeader_NeedsLock(ReadOnlySpan<byte> bytes)
    {
        var part = bytes[..Math.Min(bytes.Length, HeaderBytes - _headerBytes)];
        part.CopyTo(_header.AsSpan(_headerBytes));
        _headerBytes += part.Length;
        if (_headerBytes == HeaderBytes)
        {
            _payloadBytes = BinaryPrimitives.ReadInt32BigEndian(_header) >>> 8;
            var streamId = BinaryPrimitives.ReadInt32BigEndian(_header.AsSpan(5));

            // A server begins with its settings (section 3.4); HTTP/1 and TLS never look like them.
            _isHttp2 = !_isFirst || (_header[3] == SettingsFrame && streamId == 0);
            _isFirst = false;
            _stream = _header[3] is DataFrame or HeadersFrame && _streams.TryGetValue(streamId, out var stream) ? stream : null;
            EndFrame_NeedsLock();
        }

        return bytes[part.Length..];
    }

    private ReadOnlySpan<byte> ReadPayload_NeedsLock(ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(bytes.Length, _payloadBytes);
        _payloadBytes -= count;
        if (_stream is not null && _header[3] == DataFrame)
        {
            // Kestrel does not pad.
            _stream.OnWritten_NeedsLock(count);
            MarkUnflushed_NeedsLock(_stream);
        }

        EndFrame_NeedsLock();
        return bytes[count..];
    }

    private void EndFrame_NeedsLock()
    {
        if (_payloadBytes > 0)
        {
            return;
        }

        _headerBytes = 0;
        if (_stream is not null && (_header[4] & EndStreamFlag) != 0)
        {
            _stream.OnEnded_NeedsLock();
            MarkUnflushed_NeedsLock(_stream);
        }
    }

    private void MarkUnflushed_NeedsLock(SentStream stream)
    {
        if (!_unflushed.Contains(stream))
        {
            _unflushed.Add(stream);
        }
    }
}
