namespace Beam.AspNetCore.Delivery;

/// <summary>What has been sent of one HTTP/2 response.</summary>
internal sealed class SentStream(int id, Lock sync)
{
    private long _bytes;
    private long _flushedBytes;
    private long _bytesPosition;
    private bool _isEnded;
    private long? _endPosition;

    public int Id => id;

    /// <summary>Says whether the connection has been given that many bytes of the body, flushed or not.</summary>
    public bool Has(long bytes, bool withEnd)
    {
        lock (sync)
        {
            return _bytes >= bytes && (_isEnded || !withEnd);
        }
    }

    /// <summary>
    /// Where the body's bytes end among the bytes that the connection was given to send; <see langword="null"/> before it has them all.
    /// </summary>
    /// <param name="bytes">How many bytes the body has.</param>
    /// <param name="withEnd">Whether to include the mark of the stream's end.</param>
    public long? PositionOf(long bytes, bool withEnd)
    {
        lock (sync)
        {
            return _flushedBytes < bytes ? null : withEnd ? _endPosition : _bytesPosition;
        }
    }

    /// <summary>A number that grows while the client takes bytes of this stream, whatever happens on others of its connection.</summary>
    public long Progress(TcpInfo info)
    {
        lock (sync)
        {
            return info.AcknowledgedBytes >= _bytesPosition ? 2 * _bytesPosition : info.Progress;
        }
    }

    public void OnWritten_NeedsLock(int bytes) => _bytes += bytes;

    public void OnEnded_NeedsLock() => _isEnded = true;

    public void OnFlushed_NeedsLock(long position)
    {
        if (_bytes > _flushedBytes)
        {
            _flushedBytes = _bytes;
            _bytesPosition = position;
        }

        if (_isEnded)
        {
            _endPosition ??= position;
        }
    }
}
