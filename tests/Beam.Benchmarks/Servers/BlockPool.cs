using System.Buffers;
using System.Collections.Concurrent;

namespace Beam.Benchmarks.Servers;

/// <summary>Equal blocks outside the reach of the garbage collector's compaction; up to 8 MiB of them are kept for the next use.</summary>
internal sealed class BlockPool(int blockBytes) : MemoryPool<byte>
{
    private readonly int _keptBlocks = 8 * 1024 * 1024 / blockBytes;
    private readonly ConcurrentQueue<Block> _idle = new();

    public override int MaxBufferSize => blockBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, blockBytes);
        return _idle.TryDequeue(out var block) ? block : new Block(this, GC.AllocateUninitializedArray<byte>(blockBytes, pinned: true));
    }

    protected override void Dispose(bool disposing) => _idle.Clear();

    private void Return(Block block)
    {
        if (_idle.Count < _keptBlocks)
        {
            _idle.Enqueue(block);
        }
    }

    private sealed class Block(BlockPool pool, byte[] bytes) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory => bytes;

        public void Dispose() => pool.Return(this);
    }
}
