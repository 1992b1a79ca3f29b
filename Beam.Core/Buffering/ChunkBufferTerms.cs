namespace Beam.Buffering;

/// <summary>What a buffer is for.</summary>
/// <param name="Length">The declared length of the transfer in bytes, or <see langword="null"/> when the sender did not say.</param>
/// <param name="HoldsAll">
/// Whether the sender leaves once the buffer holds everything. Such a buffer releases nothing before it is disposed, and answers
/// <see cref="AppendStatus.NoRoom"/> instead of waiting for room.
/// </param>
public readonly record struct ChunkBufferTerms(long? Length = null, bool HoldsAll = false);
