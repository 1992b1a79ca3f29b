namespace Beam.Buffering;

/// <summary>Makes the buffer of each transfer. Register one of your own before <c>AddBeam</c> to keep the bytes elsewhere.</summary>
/// <remarks>
/// Used from many threads at once. What a buffer of a hand-in takes counts for <see cref="BeamOptions.MaxHeldBytes"/>: set that to what
/// there is where you keep the bytes.
/// </remarks>
public interface IChunkBufferFactory
{
    /// <summary>Makes an empty buffer. It should take no memory worth speaking of before the first append.</summary>
    /// <param name="terms">What it is for.</param>
    /// <returns>A buffer that the caller disposes, or <see langword="null"/> when there is no room for one on these terms.</returns>
    IChunkBuffer? Create(ChunkBufferTerms terms);
}
