using System.Globalization;
using Beam.Cli.Archives;

namespace Beam.Cli.Receiving;

/// <summary>Unpacks into a folder that did not exist: a stranger's files must not land among the user's own files uninvited.</summary>
internal static class NewFolder
{
    private static readonly string[] Extensions = [".tar", ".zip"];

    /// <summary>
    /// Unpacks an archive into a new folder named after it. If the archive holds only a folder of that name, that folder becomes the new
    /// folder; otherwise everything goes into the new folder.
    /// </summary>
    /// <param name="unpacking">Unpacks the archive.</param>
    /// <param name="archive">The archive.</param>
    /// <param name="archiveName">The name of the archive.</param>
    /// <param name="parent">Where the new folder goes.</param>
    /// <param name="cancellationToken">Stops it; nothing is left.</param>
    /// <returns>What came out of the archive. The only top-level name is that of the new folder.</returns>
    public static async Task<UnpackSummary> UnpackAsync(
        Unpacking unpacking,
        IArchive archive,
        string archiveName,
        string parent,
        CancellationToken cancellationToken)
    {
        var name = NameFor(archiveName);
        using var held = new HeldFolder(parent);
        var content = ContentOf(held);
        var summary = await unpacking.RunAsync(archive, content, cancellationToken);
        var isFolderOfItsName = summary is { LinksStayInTopLevel: true, TopLevelNames: [var only] }
            && only == name
            && IsFolder(Path.Combine(content, only));
        return summary with { TopLevelNames = [Move(isFolderOfItsName ? Path.Combine(content, name) : content, parent, name)] };
    }

    /// <summary>Unpacks an archive into a new folder, whose name the user has chosen. Everything goes into that folder.</summary>
    /// <param name="unpacking">Unpacks the archive.</param>
    /// <param name="archive">The archive.</param>
    /// <param name="folder">The full path of the new folder.</param>
    /// <param name="cancellationToken">Stops it; nothing is left.</param>
    /// <returns>What came out of the archive. The only top-level name is that of the new folder.</returns>
    /// <exception cref="TargetExistsException">Something has that name already.</exception>
    public static async Task<UnpackSummary> UnpackAsAsync(
        Unpacking unpacking,
        IArchive archive,
        string folder,
        CancellationToken cancellationToken)
    {
        using var held = new HeldFolder(Path.GetDirectoryName(folder)!);
        var content = ContentOf(held);
        var summary = await unpacking.RunAsync(archive, content, cancellationToken);
        if (IsTaken(folder))
        {
            throw new TargetExistsException($"{folder} already exists.");
        }

        Directory.Move(content, folder);
        return summary with { TopLevelNames = [Path.GetFileName(folder)] };
    }

    /// <summary>The outer folder is private. The inner folder, which is moved into place, can have its final permissions at once.</summary>
    private static string ContentOf(HeldFolder held) => Path.Combine(held.Content, "content");

    private static string NameFor(string archiveName)
    {
        var extension = Extensions.FirstOrDefault(extension => EndsWith(archiveName, extension)) ?? "";
        var name = NameRules.ForThisSystem.Clean(archiveName[..^extension.Length]);
        return ObeyedNames.Contains(name) ? "_" + name.TrimStart('.') : name;
    }

    private static bool EndsWith(string name, string extension)
        => name.Length > extension.Length && name.EndsWith(extension, StringComparison.OrdinalIgnoreCase);

    private static bool IsFolder(string path) => new DirectoryInfo(path) is { Exists: true, LinkTarget: null };

    private static string Move(string folder, string parent, string name)
    {
        var free = name;
        for (var number = 2; IsTaken(Path.Combine(parent, free)); number++)
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{name}~{number}");
        }

        Directory.Move(folder, Path.Combine(parent, free));
        return free;
    }

    /// <summary>Whether anything has that name, even a link that leads nowhere.</summary>
    private static bool IsTaken(string path) => new FileInfo(path).Attributes != (FileAttributes)(-1);
}
