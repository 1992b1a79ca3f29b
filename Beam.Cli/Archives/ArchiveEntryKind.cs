namespace Beam.Cli.Archives;

/// <summary>What an entry of an archive is. Beam packs and unpacks nothing else: no devices, no pipes.</summary>
internal enum ArchiveEntryKind
{
    /// <summary>A file with content.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A second name (hard link) of a file that came before.</summary>
    SecondName,
}
