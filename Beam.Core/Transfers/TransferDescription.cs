namespace Beam.Transfers;

/// <summary>What a sender says of its bytes.</summary>
/// <param name="Length">
/// How many there will be, or <see langword="null"/> when the sender does not know. The range is 0 to <see cref="LargestLength"/>; setting
/// anything else throws <see cref="ArgumentOutOfRangeException"/>.
/// </param>
/// <param name="ContentType">The media type, or <see langword="null"/>.</param>
/// <param name="ContentEncoding">The content coding, passed through untouched, or <see langword="null"/>.</param>
public sealed record TransferDescription(long? Length = null, string? ContentType = null, string? ContentEncoding = null)
{
    /// <summary>The largest length of a file, and the largest offset in a file, that anybody may declare, in bytes.</summary>
    /// <value>
    /// 9,007,199,254,740,991 (2^53 - 1): the largest whole number that every client reads as it was written, scripts included. The relay
    /// also takes no more bytes of a file whose length nobody has declared.
    /// </value>
    public const long LargestLength = (1L << 53) - 1;

    /// <summary>Gets how many bytes there will be, or <see langword="null"/> when the sender does not know.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, or above <see cref="LargestLength"/>.</exception>
    public long? Length
    {
        get;
        init => field = Check(value, nameof(Length));
    }
        = Check(Length, nameof(Length));

    /// <summary>Refuses what no file has, so that sums and differences of lengths and offsets never overflow.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is negative or too large.</exception>
    internal static long? Check(long? value, string name)
    {
        if (value is { } number)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(number, name);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(number, LargestLength, name);
        }

        return value;
    }
}
