namespace Beam.Client;

/// <summary>
/// Content that can be read only once. It keeps the last bytes, because what the server has not got yet may have to be sent again.
/// </summary>
internal sealed class ReplaySource : SendSource
{
    private const int ChunkBytes = 64 * 1024;

    private readonly Stream _stream;
    private readonly int _capacity;
    private readonly Queue<byte[]> _chunks = new();

    // All chunks are full except the last. The first chunk begins here.
    private long _from;
    private long _to;
    private byte[] _last = [];
    private Task<int>? _pending;
    private bool _hasEnded;

    /// <summary>Makes a source.</summary>
    /// <param name="stream">The content. It stays open.</param>
    /// <param name="length">Its length, if it is known.</param>
    /// <param name="capacity">How many bytes are kept.</param>
    public ReplaySource(Stream stream, long? length, int capacity)
        : base(isReadAgain: false)
    {
        _stream = stream;
        _capacity = Math.Max(capacity, 2 * ChunkBytes);
        Length = length;
    }

    public override long ReplayableFrom => _from;

    // What is sent again are the bytes that were kept, and not the content.
    protected override ValueTask ReturnToCoreAsync(long offset, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    protected override async ValueTask<ReadOnlyMemory<byte>> ReadCoreAsync(long offset, long most, CancellationToken cancellationToken)
    {
        if (offset == _to && !_hasEnded && _to != Length)
        {
            // A read goes on even if nobody waits for it any more, so that no byte is lost. The next attempt finds it.
            _pending ??= _stream.ReadAsync(Room(), CancellationToken.None).AsTask();
            var count = await _pending.WaitAsync(cancellationToken).ConfigureAwait(false);
            _pending = null;
            _hasEnded = count == 0;
            _to += count;
        }

        if (offset == _to)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        var index = (int)((offset - _from) / ChunkBytes);
        var chunk = index == _chunks.Count - 1 ? _last : _chunks.ElementAt(index);
        var at = (int)((offset - _from) % ChunkBytes);
        var end = (int)Math.Min(ChunkBytes, _to - _from - ((long)index * ChunkBytes));
        return chunk.AsMemory(at, (int)Math.Min(end - at, most));
    }

    private Memory<byte> Room()
    {
        var used = (int)(_to - _from - ((_chunks.Count - 1) * (long)ChunkBytes));
        if (_chunks.Count == 0 || used == ChunkBytes)
        {
            _last = (_chunks.Count + 1) * (long)ChunkBytes > _capacity ? Recycle() : new byte[ChunkBytes];
            _chunks.Enqueue(_last);
            used = 0;
        }

        // Content that is longer than declared is cut off, like a file that grows.
        var room = _last.AsMemory(used);
        return Length is { } length && length - _to < room.Length ? room[..(int)(length - _to)] : room;
    }

    private byte[] Recycle()
    {
        _from += ChunkBytes;
        return _chunks.Dequeue();
    }
}
