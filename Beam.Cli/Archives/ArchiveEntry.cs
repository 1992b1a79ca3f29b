namespace Beam.Cli.Archives;

/// <summary>A file, folder or link to be packed, as the scan found it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name in the archive, with slashes, and no slash at the end.</param>
/// <param name="SourcePath">Where it lies.</param>
/// <param name="Length">The bytes of a file; zero for everything else.</param>
/// <param name="ModifiedAt">When it was changed last, in 1970 or later.</param>
/// <param name="Mode">Its permissions.</param>
/// <param name="LinkTarget">Where a link points to.</param>
internal sealed record ArchiveEntry(
    ArchiveEntryKind Kind,
    string Name,
    string SourcePath,
    long Length,
    DateTimeOffset ModifiedAt,
    UnixFileMode Mode,
    string? LinkTarget = null);
