namespace Beam.Cli.Archives;

/// <summary>What goes into an archive, and what stays behind.</summary>
/// <param name="Entries">In the order of the archive: sorted, each folder before what is in it.</param>
/// <param name="LeftOut">What cannot be packed, each with the reason.</param>
internal sealed record ArchiveContent(IReadOnlyList<ArchiveEntry> Entries, IReadOnlyList<LeftOut> LeftOut)
{
    /// <summary>The bytes of all files together.</summary>
    public long FileBytes => Entries.Sum(static entry => entry.Length);

    /// <summary>How many files there are.</summary>
    public int FileCount => Entries.Count(static entry => entry.Kind == ArchiveEntryKind.File);
}
