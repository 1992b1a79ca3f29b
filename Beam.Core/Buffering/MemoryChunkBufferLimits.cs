namespace Beam.Buffering;

/// <summary>What a buffer may keep in memory.</summary>
/// <param name="WindowBytes">The most it holds while it is attended.</param>
/// <param name="ReadAheadBytes">The most it holds while nobody reads.</param>
/// <param name="RewindBytes">How many bytes it keeps behind the slowest reader, beside the window, while memory is plentiful.</param>
internal readonly record struct MemoryChunkBufferLimits(long WindowBytes, long ReadAheadBytes, long RewindBytes)
{
    /// <summary>Gets a value indicating whether nothing may be released, so that there is no point in waiting for room.</summary>
    public bool HoldsAll { get; init; }
}
