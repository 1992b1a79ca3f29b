namespace Beam.Cli.Archives;

/// <summary>How much may come out of an archive.</summary>
/// <param name="MaxBytes">The bytes of all files together. An archive with more counts as made to fill disks.</param>
/// <param name="FreeBytes">The bytes that the disk has room for.</param>
/// <param name="MaxEntries">The number of entries.</param>
internal sealed record UnpackLimits(long MaxBytes, long FreeBytes = long.MaxValue, int MaxEntries = UnpackLimits.DefaultMaxEntries)
{
    /// <summary>Nobody sends a folder with more entries.</summary>
    public const int DefaultMaxEntries = 2_000_000;

    // Text becomes ten times smaller, logs twenty times. A hundred times happens only on purpose.
    private const long MaxRatio = 100;
    private const long AlwaysAllowedBytes = 64L << 20;

    /// <summary>The limits for an archive of this length, unpacked on a disk with this many free bytes.</summary>
    public static UnpackLimits For(long archiveBytes, long freeBytes) => new((archiveBytes * MaxRatio) + AlwaysAllowedBytes, freeBytes);
}
