namespace Beam.Buffering;

/// <summary>Bytes leased from a buffer, or the reason why there are none.</summary>
/// <remarks>Dispose it exactly once: the memory then belongs to the buffer again and must not be touched.</remarks>
public readonly struct ChunkRead : IDisposable, IEquatable<ChunkRead>
{
    private readonly IDisposable? _lease;

    private ChunkRead(ChunkReadStatus status, ReadOnlyMemory<byte> memory, IDisposable? lease)
    {
        Status = status;
        Memory = memory;
        _lease = lease;
    }

    /// <summary>Gets what the read found.</summary>
    public ChunkReadStatus Status { get; }

    /// <summary>Gets the bytes; empty unless <see cref="Status"/> is <see cref="ChunkReadStatus.Bytes"/>.</summary>
    public ReadOnlyMemory<byte> Memory { get; }

    /// <summary>Makes a read that found bytes.</summary>
    /// <param name="memory">At least one byte.</param>
    /// <param name="lease">Disposed once when the reader is done with the memory; may be <see langword="null"/>.</param>
    /// <returns>The read.</returns>
    public static ChunkRead Bytes(ReadOnlyMemory<byte> memory, IDisposable? lease) => new(ChunkReadStatus.Bytes, memory, lease);

    /// <summary>Makes a read that found no bytes.</summary>
    /// <param name="status">Why; anything but <see cref="ChunkReadStatus.Bytes"/>.</param>
    /// <returns>The read.</returns>
    /// <exception cref="ArgumentException"><paramref name="status"/> is <see cref="ChunkReadStatus.Bytes"/>.</exception>
    public static ChunkRead None(ChunkReadStatus status)
        => status == ChunkReadStatus.Bytes
            ? throw new ArgumentException("A read with bytes needs the bytes.", nameof(status))
            : new(status, default, lease: null);

    /// <summary>Compares by memory, status and lease.</summary>
    /// <param name="left">One read.</param>
    /// <param name="right">Another read.</param>
    /// <returns><see langword="true"/> when they are the same lease of the same bytes.</returns>
    public static bool operator ==(ChunkRead left, ChunkRead right) => left.Equals(right);

    /// <summary>Compares by memory, status and lease.</summary>
    /// <param name="left">One read.</param>
    /// <param name="right">Another read.</param>
    /// <returns><see langword="true"/> when they differ.</returns>
    public static bool operator !=(ChunkRead left, ChunkRead right) => !left.Equals(right);

    /// <summary>Returns the memory to the buffer.</summary>
    public void Dispose() => _lease?.Dispose();

    /// <inheritdoc/>
    public bool Equals(ChunkRead other) => Status == other.Status && Memory.Equals(other.Memory) && ReferenceEquals(_lease, other._lease);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ChunkRead other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Status, Memory);
}
