using System.Globalization;
using Beam.Cli.Archives;

namespace Beam.Cli.Receiving;

/// <summary>Unpacks into a folder that did not exist: what a stranger has sent must not come to lie among one's own files without being asked there.</summary>
internal static class NewFolder
{
    private const string Extension = ".tar";

    /// <summary>Unpacks an archive beside itself, into a folder named after it. What the archive has besides its own folder of that name lies in that folder.</summary>
    /// <returns>What came out of it; the one top-level name is that of the folder.</returns>
    public static async Task<UnpackSummary> UnpackAsync(Unpacking unpacking, string archive, CancellationToken cancellationToken)
    {
        var parent = Path.GetDirectoryName(archive)!;
        var name = NameFor(archive);
        using var staging = new StagingFolder(parent);

        // In one that nobody else may look into, so that this one can have the permissions that it keeps.
        var content = Path.Combine(staging.Root, "content");
        var summary = await unpacking.RunAsync(archive, content, force: false, cancellationToken);
        var isFolderOfItsName = summary is { LinksStayInTopLevel: true, TopLevelNames: [var only] } && only == name && IsFolder(Path.Combine(content, only));
        return summary with { TopLevelNames = [Move(isFolderOfItsName ? Path.Combine(content, name) : content, parent, name)] };
    }

    private static string NameFor(string archive)
    {
        var name = Path.GetFileName(archive);
        return NameRules.ForThisSystem.Clean(name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? name[..^Extension.Length] : name);
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
