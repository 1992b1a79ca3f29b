using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Beam.AspNetCore.Hosting;

/// <summary>
/// Blocks of up to 128 KiB: one system call then moves what would take thirty-two calls with Kestrel's own blocks. The more blocks are in
/// use, the smaller the next ones are.
/// </summary>
internal sealed class BlockPool(BlockUse use) : MemoryPool<byte>
{
    // For each size: more bytes than a core has in flight at a time.
    private const int MaxIdleBytes = 4 * 1024 * 1024;
    private const int MaxIdleBlocks = 64;

    private readonly ConcurrentQueue<Block>[] _idle = [.. BlockUse.Sizes.Select(static _ => new ConcurrentQueue<Block>())];
    private volatile bool _isDisposed;

    public override int MaxBufferSize => BlockUse.Sizes[0];

    /// <summary>Gets how many blocks the pool keeps for the next use.</summary>
    public int IdleBlocks => _idle.Sum(static blocks => blocks.Count);

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, MaxBufferSize);
        var size = use.NextSize();
        while (BlockUse.Sizes[size] < minBufferSize)
        {
            size--;
        }

        if (!_idle[size].TryDequeue(out var block))
        {
            block = new Block(this, size);
        }

        use.Add(BlockUse.Sizes[size]);
        return block;
    }

    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        foreach (var blocks in _idle)
        {
            blocks.Clear();
        }
    }

    private void Return(Block block)
    {
        var bytes = block.Memory.Length;
        use.Add(-bytes);

        // A few too many under contention do no harm.
        var idle = _idle[block.Size];
        if (!_isDisposed && idle.Count < Math.Min(MaxIdleBlocks, MaxIdleBytes / bytes))
        {
            idle.Enqueue(block);
        }
    }

    // Pinned forever, and marked so. Otherwise each socket call would pin and release its block, and the collector move it in between.
    private sealed class Block(BlockPool pool, int size) : IMemoryOwner<byte>
    {
        public int Size => size;

        public Memory<byte> Memory { get; } = MemoryMarshal.CreateFromPinnedArray(
            GC.AllocateUninitializedArray<byte>(BlockUse.Sizes[size], pinned: true), 0, BlockUse.Sizes[size]);

        public void Dispose() => pool.Return(this);
    }
}
