namespace Beam.Benchmarks.Load;

/// <summary>
/// Bytes that depend on their offset and on the transfer, and that cost one comparison with a prepared block to check.
/// </summary>
/// <remarks>
/// The block repeats after a prime number of bytes: a chunk that is lost, doubled or swapped, whatever its size, shifts all that follows.
/// </remarks>
internal static class Pattern
{
    /// <summary>The most bytes that can be taken or checked at once.</summary>
    public const int MaxBytes = 256 * 1024;

    private const int PeriodBytes = 1_048_573;
    private const int SeedStepBytes = 7_919;

    private static readonly byte[] Block = CreateBlock();

    /// <summary>Takes the bytes from <paramref name="offset"/> on of the transfer with this seed.</summary>
    public static ReadOnlySpan<byte> At(int seed, long offset, int count)
        => Block.AsSpan((int)((offset + ((long)seed * SeedStepBytes)) % PeriodBytes), count);

    /// <summary>Checks bytes that were received.</summary>
    /// <exception cref="InvalidDataException">They are not what was sent.</exception>
    public static void Check(int seed, long offset, ReadOnlySpan<byte> actual)
    {
        if (!actual.SequenceEqual(At(seed, offset, actual.Length)))
        {
            throw new InvalidDataException($"Wrong bytes between offsets {offset} and {offset + actual.Length}.");
        }
    }

    private static byte[] CreateBlock()
    {
        var block = new byte[PeriodBytes + MaxBytes];
        new Random(PeriodBytes).NextBytes(block.AsSpan(0, PeriodBytes));
        block.AsSpan(0, MaxBytes).CopyTo(block.AsSpan(PeriodBytes));
        return block;
    }
}
