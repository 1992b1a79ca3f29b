using Beam.Client;

namespace Beam.Cli.Archives;

/// <summary>
/// A new folder in the target, which holds an archive's content until it is moved into place. Disposing it removes the folder and whatever
/// is still in it.
/// </summary>
internal sealed class StagingFolder : IDisposable
{
    private readonly string _target;
    private readonly bool _isNew;
    private readonly HeldFolder _held;

    // Most entries lie in the folder of the entry before, so not every folder has to be looked up on the disk.
    private readonly HashSet<string> _made = [];

    /// <param name="target">Where the content goes in the end; created if it does not exist.</param>
    /// <param name="isNew">Whether the target was made for this content.</param>
    public StagingFolder(string target, bool isNew)
    {
        _target = Path.GetFullPath(target);
        _isNew = isNew;
        Directory.CreateDirectory(_target);
        _held = new HeldFolder(_target);
    }

    /// <summary>Gets the path of the new folder.</summary>
    public string Root => _held.Content;

    /// <summary>What was moved into the target.</summary>
    public IReadOnlyList<string> TopLevelNames { get; private set; } = [];

    /// <summary>Makes a folder and its parents.</summary>
    public void AddFolder(string onDisk)
    {
        if (_made.Add(onDisk))
        {
            Directory.CreateDirectory(Path.Combine(Root, onDisk));
        }
    }

    /// <summary>Makes a file that does not exist yet, and its folders.</summary>
    public FileStream CreateFile(string onDisk, PackedEntry entry)
    {
        var path = Path.Combine(Root, onDisk);
        AddFolder(Path.GetDirectoryName(onDisk)!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && entry.Mode is { } mode)
        {
            options.UnixCreateMode = mode | ArchiveModes.PrivateFile;
        }

        return new FileStream(path, options);
    }

    /// <summary>Opens a file that was made before.</summary>
    public FileStream OpenFile(string onDisk) => File.OpenRead(Path.Combine(Root, onDisk));

    /// <summary>Gives a file that was written its time.</summary>
    public static void FinishFile(FileStream file, PackedEntry entry) => File.SetLastWriteTimeUtc(file.SafeFileHandle, TimeOf(entry));

    /// <summary>Gives a folder its permissions and its time, after everything in it.</summary>
    public void FinishFolder(string onDisk, PackedEntry entry)
    {
        var path = Path.Combine(Root, onDisk);
        if (!OperatingSystem.IsWindows() && entry.Mode is { } mode)
        {
            // Never more than a new folder would get, and always enough for its owner to move it.
            File.SetUnixFileMode(path, (mode & File.GetUnixFileMode(path)) | ArchiveModes.PrivateFolder);
        }

        Directory.SetLastWriteTimeUtc(path, TimeOf(entry));
    }

    /// <summary>Makes a link.</summary>
    public void AddLink(string onDisk, string target)
    {
        AddFolder(Path.GetDirectoryName(onDisk)!);
        var path = Path.Combine(Root, onDisk);
        MakeLink(path, target, Directory.Exists(Path.Combine(Path.GetDirectoryName(path)!, target)));
    }

    /// <summary>Moves everything to where it belongs. Nothing is moved unless all of it can be.</summary>
    /// <exception cref="ArchiveRefusedException">Programs would obey something by its name, and nobody allows that.</exception>
    /// <exception cref="TargetExistsException">Something is in the way.</exception>
    public async Task MoveIntoPlaceAsync(IUnpackConsent consent, CancellationToken cancellationToken)
    {
        var moves = new List<(FileSystemInfo From, string To)>();
        var existing = new List<string>();
        Plan(new DirectoryInfo(Root), _target, moves, existing);
        await EnsureNothingIsObeyedAsync(moves, consent, cancellationToken);
        if (existing.Count > 0 && !await consent.MayOverwriteAsync(existing, cancellationToken))
        {
            throw new TargetExistsException(existing.Count == 1
                ? $"{existing[0]} already exists."
                : $"{existing[0]} and {existing.Count - 1} more already exist.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        var topLevel = new DirectoryInfo(Root).EnumerateFileSystemInfos();
        TopLevelNames = [.. topLevel.Select(static item => item.Name).Order(StringComparer.Ordinal)];

        var replaced = existing.ToHashSet(StringComparer.Ordinal);

        // Links last: on Windows, a link to a folder is made beside that folder.
        foreach (var (from, to) in moves.OrderBy(static move => move.From.LinkTarget is not null))
        {
            if (from.LinkTarget is { } target)
            {
                // .NET takes a link to a folder neither for a file that it could move nor, over a file, for a folder.
                MakeLink(to, target, from is DirectoryInfo);
            }
            else if (IsFolder(from))
            {
                Directory.Move(from.FullName, to);
            }
            else if (replaced.Contains(to))
            {
                File.Move(from.FullName, to, overwrite: true);
            }
            else
            {
                MoveToNewName(from.FullName, to);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _held.Dispose();

    private static void MoveToNewName(string from, string to)
    {
        try
        {
            ExclusiveRename.Move(from, to);
        }
        catch (IOException) when (Path.Exists(to))
        {
            // While the user was asked about others.
            throw new TargetExistsException($"{to} has come into being meanwhile. Unpack the archive once more.");
        }
    }

    /// <summary>Each move makes something in a folder that existed before. What lies deeper lies in a new folder.</summary>
    private async ValueTask EnsureNothingIsObeyedAsync(
        List<(FileSystemInfo From, string To)> moves,
        IUnpackConsent consent,
        CancellationToken cancellationToken)
    {
        string[] obeyed = _isNew
            ? []
            : [.. moves.Where(IsObeyed).Select(static move => move.To).Order(StringComparer.Ordinal)];
        if (obeyed.Length > 0 && !await consent.MayMakeObeyedAsync(obeyed, cancellationToken))
        {
            var what = obeyed.Length == 1 ? obeyed[0] : $"{obeyed[0]} and {obeyed.Length - 1} more";
            throw new ArchiveRefusedException(
                $"The archive would make {what} in a folder that already exists, and programs may obey such names. "
                + "Unpack it into a new folder, or allow them with --dot-names.");
        }
    }

    /// <summary>A link is as good as what it leads to: what is written to it later goes there.</summary>
    private bool IsObeyed((FileSystemInfo From, string To) move)
        => ObeyedNames.Leads(Path.GetRelativePath(_target, move.To))
            || (move.From.LinkTarget is { } target && ObeyedNames.LeadsTo(target));

    private static void MakeLink(string path, string target, bool isToFolder)
    {
        // A file, or a link of any kind: nothing else is replaced.
        var there = new FileInfo(path).Attributes;
        if (there != (FileAttributes)(-1) && there.HasFlag(FileAttributes.Directory) && OperatingSystem.IsWindows())
        {
            Directory.Delete(path);
        }
        else
        {
            File.Delete(path);
        }

        if (isToFolder)
        {
            Directory.CreateSymbolicLink(path, target);
        }
        else
        {
            File.CreateSymbolicLink(path, target);
        }
    }

    private static void Plan(DirectoryInfo from, string to, List<(FileSystemInfo From, string To)> moves, List<string> existing)
    {
        foreach (var item in from.EnumerateFileSystemInfos())
        {
            var target = Path.Combine(to, item.Name);
            var there = new FileInfo(target).Attributes;
            if (there == (FileAttributes)(-1))
            {
                moves.Add((item, target));
                continue;
            }

            // A link to a folder is not followed: its target lies outside the folder that the archive is unpacked into.
            var isFolderThere = there.HasFlag(FileAttributes.Directory) && !there.HasFlag(FileAttributes.ReparsePoint);
            if (IsFolder(item) != isFolderThere)
            {
                throw new TargetExistsException(
                    $"{target} is in the way: the archive has a {(isFolderThere ? "file or link" : "folder")} of that name.");
            }

            if (isFolderThere)
            {
                Plan((DirectoryInfo)item, target, moves, existing);
            }
            else
            {
                existing.Add(target);
                moves.Add((item, target));
            }
        }
    }

    private static bool IsFolder(FileSystemInfo item) => item is DirectoryInfo && item.LinkTarget is null;

    private static DateTime TimeOf(PackedEntry entry) => entry.ModifiedAt.UtcDateTime;
}
