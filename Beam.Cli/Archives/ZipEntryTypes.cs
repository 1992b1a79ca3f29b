namespace Beam.Cli.Archives;

/// <summary>What Unix systems keep in the upper half of a zip entry's attributes: the type of a file and its permissions.</summary>
internal static class ZipEntryTypes
{
    private const int Shift = 16;
    private const int TypeMask = 0xF000;
    private const int FileType = 0x8000;
    private const int FolderType = 0x4000;
    private const int LinkType = 0xA000;

    /// <summary>The earliest time that zip can express.</summary>
    public static DateTimeOffset Earliest { get; } = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static int ToAttributes(ArchiveEntryKind kind, UnixFileMode mode)
    {
        var type = kind switch
        {
            ArchiveEntryKind.Folder => FolderType,
            ArchiveEntryKind.Link => LinkType,
            _ => FileType,
        };
        return (type | (int)mode) << Shift;
    }

    /// <summary>What an entry is; <see langword="null"/> if it is a device or the like.</summary>
    public static ArchiveEntryKind? KindOf(string name, int attributes) => ((attributes >> Shift) & TypeMask) switch
    {
        LinkType => ArchiveEntryKind.Link,
        FolderType => ArchiveEntryKind.Folder,
        0 or FileType => name.EndsWith('/') ? ArchiveEntryKind.Folder : ArchiveEntryKind.File,
        _ => null,
    };

    /// <summary>The permissions; <see langword="null"/> if the archive comes from a system without them.</summary>
    public static UnixFileMode? ModeOf(int attributes)
    {
        var mode = (UnixFileMode)(attributes >> Shift) & ArchiveModes.Kept;
        return mode == UnixFileMode.None ? null : mode;
    }
}
