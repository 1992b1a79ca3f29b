namespace Beam.Cli.Archives;

/// <summary>How much may come out of an archive.</summary>
/// <param name="MaxBytes">The bytes of all files together, before the archive counts as one that was made to fill disks.</param>
/// <param name="FreeBytes">The bytes that there is room for.</param>
/// <param name="MaxEntries">The number of entries.</param>
internal sealed record UnpackLimits(long MaxBytes, long FreeBytes = long.MaxValue, int MaxEntries = UnpackLimits.DefaultMaxEntries)
{
    /// <summary>More files than that are no folder that somebody sends.</summary>
    public const int DefaultMaxEntries = 2_000_000;

    // Text becomes ten times smaller, logs twenty; a hundred times is made on purpose.
    private const long MaxRatio = 100;
    private const long AlwaysAllowedBytes = 64L << 20;

    /// <summary>The limits for an archive of so many bytes that is unpacked where so many are free.</summary>
    public static UnpackLimits For(long archiveBytes, long freeBytes) => new((archiveBytes * MaxRatio) + AlwaysAllowedBytes, freeBytes);
}
