using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Beam.AspNetCore.Hosting;

/// <summary>
/// Blocks of up to 64 KiB: one system call then moves what would take sixteen with Kestrel's own. The more are in use, the smaller they get.
/// </summary>
internal sealed class BlockPool(BlockUse use) : MemoryPool<byte>
{
    public const int LargeBytes = 64 * 1024;
    public const int MediumBytes = 16 * 1024;
    public const int SmallBytes = 8 * 1024;

    // 4 MiB, more than a core has in flight at a time; of the smaller ones as many.
    private const int MaxIdleBlocks = 64;

    private readonly ConcurrentQueue<Block> _large = new();
    private readonly ConcurrentQueue<Block> _medium = new();
    private readonly ConcurrentQueue<Block> _small = new();
    private volatile bool _isDisposed;

    public override int MaxBufferSize => LargeBytes;

    /// <summary>Gets how many blocks are kept for the next use.</summary>
    public int IdleBlocks => _large.Count + _medium.Count + _small.Count;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, LargeBytes);
        var bytes = use.NextBlockBytes();
        while (bytes < minBufferSize)
        {
            bytes *= 2;
        }

        bytes = bytes > MediumBytes ? LargeBytes : bytes;
        if (!Idle(bytes).TryDequeue(out var block))
        {
            block = new Block(this, bytes);
        }

        use.Add(bytes);
        return block;
    }

    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        _large.Clear();
        _medium.Clear();
        _small.Clear();
    }

    private ConcurrentQueue<Block> Idle(int bytes) => bytes switch
    {
        LargeBytes => _large,
        MediumBytes => _medium,
        _ => _small,
    };

    private void Return(Block block)
    {
        var bytes = block.Memory.Length;
        use.Add(-bytes);

        // A few too many under contention do no harm.
        if (!_isDisposed && Idle(bytes) is { Count: < MaxIdleBlocks } idle)
        {
            idle.Enqueue(block);
        }
    }

    // Pinned for good, and known to be: the socket calls would otherwise pin and release each block, and the collector move it in between.
    private sealed class Block(BlockPool pool, int bytes) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = MemoryMarshal.CreateFromPinnedArray(GC.AllocateUninitializedArray<byte>(bytes, pinned: true), 0, bytes);

        public void Dispose() => pool.Return(this);
    }
}
