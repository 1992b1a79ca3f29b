using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Beam.Benchmarks.Servers;

/// <summary>Makes pools whose blocks have another size than Kestrel's 4 KiB, to measure what that changes.</summary>
internal sealed class BlockPoolFactory(int blockBytes) : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new BlockPool(blockBytes);
}
