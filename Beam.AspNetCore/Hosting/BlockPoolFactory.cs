using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Beam.AspNetCore.Hosting;

/// <summary>Makes the pools that the server's connections take their buffers from: one for each of its I/O queues.</summary>
internal sealed class BlockPoolFactory : IMemoryPoolFactory<byte>
{
    private readonly BlockUse _use = new();

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new BlockPool(_use);
}
