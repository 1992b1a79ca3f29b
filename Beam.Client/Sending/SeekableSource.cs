namespace Beam.Client;

/// <summary>Content that can be read from anywhere.</summary>
internal sealed class SeekableSource : SendSource
{
    private readonly byte[] _buffer = new byte[128 * 1024];
    private readonly Stream _stream;
    private readonly long _origin;

    /// <summary>Makes a source of the rest of a stream, from its current position. The stream stays open.</summary>
    public SeekableSource(Stream stream)
    {
        _stream = stream;
        _origin = stream.Position;
        Length = Math.Max(0, stream.Length - _origin);
    }

    public override long ReplayableFrom => 0;

    protected override async ValueTask<ReadOnlyMemory<byte>> ReadCoreAsync(long offset, long most, CancellationToken cancellationToken)
    {
        if (_stream.Position != _origin + offset)
        {
            _stream.Position = _origin + offset;
        }

        // A file that grows meanwhile is sent with its first length.
        var count = (int)Math.Min(Math.Min(most, Length!.Value - offset), _buffer.Length);
        return _buffer.AsMemory(0, await _stream.ReadAsync(_buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false));
    }
}
