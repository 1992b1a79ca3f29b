namespace Beam.Benchmarks.Load;

/// <summary>A number of bytes: one thread counts, others read.</summary>
internal sealed class ByteCount
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Add(long bytes) => Interlocked.Add(ref _value, bytes);
}
