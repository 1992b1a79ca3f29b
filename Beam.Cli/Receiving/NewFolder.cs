using System.Globalization;
using Beam.Cli.Archives;

namespace Beam.Cli.Receiving;

/// <summary>Unpacks into a folder that did not exist: what a stranger has sent must not come to lie among one's own files without being asked there.</summary>
internal static class NewFolder
{
    private static readonly string[] Extensions = [".tar", ".zip"];

    /// <summary>Unpacks an archive into a folder named after it. What the archive has besides its own folder of that name lies in that folder.</summary>
    /// <param name="unpacking">What unpacks.</param>
    /// <param name="archive">The archive.</param>
    /// <param name="parent">Where the new folder comes to lie.</param>
    /// <param name="cancellationToken">Stops it; nothing is left.</param>
    /// <returns>What came out of it; the one top-level name is that of the folder.</returns>
    public static async Task<UnpackSummary> UnpackAsync(Unpacking unpacking, string archive, string parent, CancellationToken cancellationToken)
    {
        var name = NameFor(archive);
        using var held = new HeldFolder(parent);

        // In one that nobody else may look into, so that this one can have the permissions that it keeps.
        var content = Path.Combine(held.Content, "content");
        var summary = await unpacking.RunAsync(archive, content, force: false, cancellationToken);
        var isFolderOfItsName = summary is { LinksStayInTopLevel: true, TopLevelNames: [var only] } && only == name && IsFolder(Path.Combine(content, only));
        return summary with { TopLevelNames = [Move(isFolderOfItsName ? Path.Combine(content, name) : content, parent, name)] };
    }

    private static string NameFor(string archive)
    {
        var name = Path.GetFileName(archive);
        var extension = Extensions.FirstOrDefault(extension => name.Length > extension.Length && name.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) ?? "";
        return NameRules.ForThisSystem.Clean(name[..^extension.Length]);
    }

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

    /// <summary>Whether anything has that name, be it a link that leads nowhere.</summary>
    private static bool IsTaken(string path) => new FileInfo(path).Attributes != (FileAttributes)(-1);
}
