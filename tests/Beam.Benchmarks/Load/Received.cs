namespace Beam.Benchmarks.Load;

/// <summary>What a receiver got; every byte of it was checked.</summary>
internal sealed record Received(int Status, long Bytes, long? DeclaredBytes)
{
    public bool IsComplete => Status == 200 && Bytes == DeclaredBytes;
}
