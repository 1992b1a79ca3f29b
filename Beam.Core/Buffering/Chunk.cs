namespace Beam.Buffering;

/// <summary>A pooled block of bytes that a log and its readers share; the last of them returns it to the pool.</summary>
/// <remarks>
/// <see cref="Offset"/> and <see cref="Length"/> belong to the log that rented the chunk and change only under its lock. Bytes below
/// <see cref="Length"/> never change while anybody holds a reference.
/// </remarks>
internal sealed class Chunk(ChunkPool pool, int capacity) : IDisposable
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(capacity);
    private int _references;

    public int Capacity => _bytes.Length;

    public long Offset { get; private set; }

    public int Length { get; set; }

    public long End => Offset + Length;

    public bool IsFull => Length == _bytes.Length;

    public Span<byte> Free => _bytes.AsSpan(Length);

    public Memory<byte> Whole => _bytes;

    public ReadOnlyMemory<byte> From(long offset) => _bytes.AsMemory((int)(offset - Offset), (int)(End - offset));

    /// <summary>Makes the chunk empty, with one reference, for the caller that rents it.</summary>
    public void Begin()
    {
        Length = 0;
        _references = 1;
    }

    /// <summary>Says which offset of its log the first byte has.</summary>
    public void PlaceAt(long offset) => Offset = offset;

    public void AddReference() => Interlocked.Increment(ref _references);

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            pool.Return(this);
        }
    }
}
