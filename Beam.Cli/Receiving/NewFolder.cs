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
    /// <param name="parent">Where the new folder goes.</param>
    /// <param name="cancellationToken">Stops it; nothing is left.</param>
    /// <returns>What came out of the archive. The only top-level name is that of the new folder.</returns>
    public static async Task<UnpackSummary> UnpackAsync(
        Unpacking unpacking,
        string archive,
        string parent,
        CancellationToken cancellationToken)
    {
        var name = NameFor(archive);
        using var held = new HeldFolder(parent);

        // The outer folder is private. The inner folder, which is moved into place, can have its final permissions at once.
        var content = Path.Combine(held.Content, "content");
        var summary = await unpacking.RunAsync(archive, content, force: false, cancellationToken);
        var isFolderOfItsName = summary is { LinksStayInTopLevel: true, TopLevelNames: [var only] }
            && only == name
            && IsFolder(Path.Combine(content, only));
        return summary with { TopLevelNames = [Move(isFolderOfItsName ? Path.Combine(content, name) : content, parent, name)] };
    }

    private static string NameFor(string archive)
    {
        var name = Path.GetFileName(archive);
        var extension = Extensions.FirstOrDefault(extension => EndsWith(name, extension)) ?? "";
        return NameRules.ForThisSystem.Clean(name[..^extension.Length]);
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
