namespace Beam.Client;

/// <summary>
/// Content that can be read from anywhere, and that may change meanwhile. What is read again is compared with what was read at first, so
/// that nobody gets the beginning of one state with the end of another.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>Before anything is sent again, the block up to there is compared. If the stamp has changed, everything that was read is: the
/// file may have grown, or may only have been touched, and then it goes on.</item>
/// <item>Every byte that is sent again comes from a block that was compared in memory.</item>
/// <item>If the stamp has changed before the last byte of a first reading leaves, everything is compared as well.</item>
/// </list>
/// Two things do not show: a change in a block that is not read again, with the same length and a time that was set back, where the system
/// has no time of change (Windows); and a change of a stream that is no file before a byte was read twice. Then the receiver has what was
/// read, and its digest, which may never have been one state.
/// </remarks>
internal sealed class SeekableSource : SendSource
{
    // A large log that grows must not miss the server's stall limit because it is read twice. Its beginning tells a log from a file that
    // was written anew.
    private const long MostComparedOfGrown = 1024 * 1024 * 1024;

    private readonly byte[] _buffer = new byte[128 * 1024];
    private readonly Stream _stream;
    private readonly long _origin;
    private SourceStamp _stamp;

    // The block that was compared last.
    private byte[] _block = [];
    private long _blockFrom;
    private long _blockTo;

    /// <summary>Makes a source of the rest of a stream, from its current position. The stream stays open.</summary>
    public SeekableSource(Stream stream)
        : base(isReadAgain: true)
    {
        _stream = stream;
        _origin = stream.Position;
        Length = Math.Max(0, stream.Length - _origin);
    }

    public override long ReplayableFrom => 0;

    protected override async ValueTask ReturnToCoreAsync(long offset, CancellationToken cancellationToken)
    {
        var stamp = SourceStamp.Of(_stream);
        if (stamp == _stamp)
        {
            await CompareAsync(Math.Max(0, offset - 1), offset, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await CompareAsync(0, ReadTo, cancellationToken).ConfigureAwait(false);
        }

        _stamp = stamp;
    }

    protected override async ValueTask<ReadOnlyMemory<byte>> ReadCoreAsync(long offset, long most, CancellationToken cancellationToken)
    {
        if (offset < ReadTo)
        {
            return await ReadAgainAsync(offset, most, cancellationToken).ConfigureAwait(false);
        }

        if (ReadTo == 0)
        {
            // What changed before the first byte was read has not mixed with anything.
            _stamp = SourceStamp.Of(_stream);
        }

        // A file that grows meanwhile is sent with its first length.
        var count = (int)Math.Min(Math.Min(most, Length!.Value - offset), _buffer.Length);
        var read = await ReadAtAsync(offset, _buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        if (read > 0 && offset + read == Length)
        {
            await CheckAtEndAsync(cancellationToken).ConfigureAwait(false);
        }

        return _buffer.AsMemory(0, read);
    }

    private static BeamException Changed() => new(BeamError.SourceChanged, "The content has changed while it was sent.");

    private async ValueTask<ReadOnlyMemory<byte>> ReadAgainAsync(long offset, long most, CancellationToken cancellationToken)
    {
        if (offset < _blockFrom || offset >= _blockTo)
        {
            await CompareAsync(offset, offset + 1, cancellationToken).ConfigureAwait(false);
        }

        return _block.AsMemory((int)(offset - _blockFrom), (int)Math.Min(_blockTo - offset, most));
    }

    private async ValueTask CheckAtEndAsync(CancellationToken cancellationToken)
    {
        var stamp = SourceStamp.Of(_stream);
        if (stamp != _stamp)
        {
            var most = stamp.Length > _stamp.Length ? MostComparedOfGrown : long.MaxValue;
            await CompareAsync(0, Math.Min(ReadTo, most), cancellationToken).ConfigureAwait(false);
            _stamp = stamp;
        }
    }

    /// <summary>Compares the blocks that have bytes of a range. The last of them stays in memory.</summary>
    private async ValueTask CompareAsync(long from, long to, CancellationToken cancellationToken)
    {
        for (var block = (int)(from / ContentDigest.BlockBytes); (long)block * ContentDigest.BlockBytes < to; block++)
        {
            var start = (long)block * ContentDigest.BlockBytes;
            var length = (int)Math.Min(ContentDigest.BlockBytes, ReadTo - start);
            if (_block.Length < length)
            {
                _block = new byte[(int)Math.Min(ContentDigest.BlockBytes, Length!.Value)];
            }

            (_blockFrom, _blockTo) = (start, start);
            for (var count = 0; count < length;)
            {
                var room = _block.AsMemory(count, length - count);
                var read = await ReadAtAsync(start + count, room, cancellationToken).ConfigureAwait(false);
                count += read > 0 ? read : throw Changed();
            }

            _blockTo = IsSame(block, _block.AsSpan(0, length)) ? start + length : throw Changed();
        }
    }

    private ValueTask<int> ReadAtAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_stream.Position != _origin + offset)
        {
            _stream.Position = _origin + offset;
        }

        return _stream.ReadAsync(buffer, cancellationToken);
    }
}
