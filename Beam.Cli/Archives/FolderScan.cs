namespace Beam.Cli.Archives;

/// <summary>
/// Looks through files and folders before they are packed. The result depends only on what is there: the same folder makes the same
/// archive, byte for byte. That lets a second run resume the first.
/// </summary>
internal sealed class FolderScan
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    private readonly List<ArchiveEntry> _entries = [];
    private readonly List<LeftOut> _leftOut = [];
    private readonly HashSet<string> _names = [];

    private FolderScan()
    {
    }

    /// <summary>Looks through <paramref name="paths"/>, each of which becomes an entry under its own last name.</summary>
    /// <exception cref="IOException">A path cannot be read or does not exist, or two have the same name.</exception>
    public static ArchiveContent Scan(IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var scan = new FolderScan();
        foreach (var path in paths)
        {
            var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            var name = Path.GetFileName(full);
            if (name.Length == 0)
            {
                name = "root";
            }

            if (!scan._names.Add(name))
            {
                throw new IOException($"Two of the files or folders to send have the same name: {name}");
            }

            FileSystemInfo item = Directory.Exists(full) ? new DirectoryInfo(full) : new FileInfo(full);
            if (!item.Exists)
            {
                throw new FileNotFoundException($"{path} does not exist.");
            }

            // For a link on the command line, its target is sent.
            item = item.ResolveLinkTarget(returnFinalTarget: true) ?? item;
            scan.Add(item, name, cancellationToken);
        }

        scan.LeaveOutLinksThatLeave();
        return new ArchiveContent(scan._entries, scan._leftOut);
    }

    private void Add(FileSystemInfo item, string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (name.Contains('\uFFFD', StringComparison.Ordinal))
        {
            // Its name on the disk is not Unicode: .NET can list it but cannot open it.
            _leftOut.Add(new(item.FullName, "its name is not valid UTF-8"));
        }
        else if (item.LinkTarget is { } target)
        {
            _entries.Add(Entry(ArchiveEntryKind.Link, item, name, 0) with
            {
                LinkTarget = OperatingSystem.IsWindows() ? target.Replace('\\', '/') : target,
            });
        }
        else if (item is DirectoryInfo folder)
        {
            _entries.Add(Entry(ArchiveEntryKind.Folder, folder, name, 0));
            var content = folder.EnumerateFileSystemInfos("*", Everything);
            foreach (var inside in content.OrderBy(static inside => inside.Name, StringComparer.Ordinal))
            {
                Add(inside, $"{name}/{inside.Name}", cancellationToken);
            }
        }
        else
        {
            AddFile((FileInfo)item, name);
        }
    }

    private void LeaveOutLinksThatLeave()
    {
        // The receiving side judges links in the same way, and refuses an archive with a single link that leads out.
        var links = new LinkMap(ignoresCase: false);
        foreach (var entry in _entries.Where(static entry => entry.Kind == ArchiveEntryKind.Link))
        {
            links.Add(entry.Name, entry.LinkTarget!);
        }

        _entries.RemoveAll(entry =>
        {
            if (entry.Kind != ArchiveEntryKind.Link
                || (links.Resolve(entry.Name) is { Name: { Length: > 0 } reached } && _names.Contains(reached.Split('/')[0])))
            {
                return false;
            }

            _leftOut.Add(new(entry.SourcePath, "it is a link that leads out of the files and folders to send"));
            return true;
        });
        _entries.RemoveAll(entry =>
        {
            if (entry.LinkTarget is null || NameRules.Unix.Allows(entry.LinkTarget))
            {
                return false;
            }

            _leftOut.Add(new(entry.SourcePath, "it is a link to a name with control characters"));
            return true;
        });
    }

    private void AddFile(FileInfo file, string name)
    {
        // Pipes, sockets and devices look like empty files, and opening one could wait forever.
        if (file.Length == 0 && FileStatus.IsSpecial(file.FullName))
        {
            _leftOut.Add(new(file.FullName, "it is a pipe, a socket or a device"));
            return;
        }

        _entries.Add(Entry(ArchiveEntryKind.File, file, name, file.Length));
    }

    private static ArchiveEntry Entry(ArchiveEntryKind kind, FileSystemInfo item, string name, long length)
    {
        var mode = OperatingSystem.IsWindows()
            ? kind == ArchiveEntryKind.File ? ArchiveModes.File : ArchiveModes.Folder
            : item.UnixFileMode & ArchiveModes.Kept;
        var modified = new DateTimeOffset(item.LastWriteTimeUtc < DateTime.UnixEpoch ? DateTime.UnixEpoch : item.LastWriteTimeUtc);
        return new ArchiveEntry(kind, name, item.FullName, length, modified, mode);
    }
}
