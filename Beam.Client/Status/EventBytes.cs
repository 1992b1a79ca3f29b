namespace Beam.Client;

/// <summary>
/// The bytes of server-sent events, with bounds: an event has an end, and a living server says something now and then.
/// </summary>
/// <remarks>For one reader.</remarks>
internal sealed class EventBytes : Stream
{
    // No event of Beam has more.
    private const int MostBytesOfEvent = 64 * 1024;

    private readonly Stream _body;
    private readonly IdleWatch _watch;
    private int _bytesLeft = MostBytesOfEvent;

    /// <param name="body">The body of the answer, which this takes over.</param>
    /// <param name="options">They say how long nothing may come.</param>
    /// <param name="cancellationToken">Ends a read.</param>
    public EventBytes(Stream body, BeamClientOptions options, CancellationToken cancellationToken)
    {
        _body = body;
        _watch = new IdleWatch(options, cancellationToken);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Notes that an event has come to its end.</summary>
    public void BeginNext() => _bytesLeft = MostBytesOfEvent;

    /// <exception cref="BeamException">An event is longer than any of Beam's: <see cref="BeamError.Unexpected"/>.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_bytesLeft == 0)
        {
            throw new BeamException(BeamError.Unexpected, "The server's events have no end.");
        }

        _watch.Restart();
        var count = await _body.ReadAsync(buffer[..Math.Min(buffer.Length, _bytesLeft)], _watch.Token).ConfigureAwait(false);
        _watch.Stop();
        _bytesLeft -= count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _watch.Dispose();
            _body.Dispose();
        }

        base.Dispose(disposing);
    }
}
