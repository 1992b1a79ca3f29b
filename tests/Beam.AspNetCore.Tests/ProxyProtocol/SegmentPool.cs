using System.Buffers;

namespace Beam.AspNetCore.Tests.ProxyProtocol;

/// <summary>Memory in pieces of exactly one size, so that a header lies in many of them.</summary>
internal sealed class SegmentPool(int bytes) : MemoryPool<byte>
{
    public override int MaxBufferSize => bytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Owner(new byte[bytes]);

    protected override void Dispose(bool disposing)
    {
    }

    private sealed record Owner(Memory<byte> Memory) : IMemoryOwner<byte>
    {
        public void Dispose()
        {
        }
    }
}
