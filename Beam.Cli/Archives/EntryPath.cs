namespace Beam.Cli.Archives;

/// <summary>Reads the names of entries, which anybody may have written.</summary>
internal static class EntryPath
{
    // Nobody's folders are deeper, and each level costs time.
    private const int MaxDepth = 128;

    /// <summary>The parts of a name; none for the root itself.</summary>
    /// <exception cref="ArchiveRefusedException">The name leaves the folder that the archive is unpacked in.</exception>
    public static string[] Split(string name, NameRules rules)
    {
        if (name.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArchiveRefusedException($"An entry has a name with a NUL character: {name}");
        }

        var parts = rules.IsWindows ? name.Split('/', '\\') : name.Split('/');
        if (name.Length == 0 || parts[0].Length == 0 || BeginsWithDrive(name))
        {
            throw new ArchiveRefusedException($"An entry has an empty or absolute name: {name}");
        }

        if (parts.Contains(".."))
        {
            throw new ArchiveRefusedException($"An entry leads out of the folder: {name}");
        }

        parts = [.. parts.Where(static part => part is not ("" or "."))];
        return parts.Length <= MaxDepth
            ? parts
            : throw new ArchiveRefusedException($"An entry lies {parts.Length} folders deep. {MaxDepth} are allowed.");
    }

    /// <summary>Whether a path begins as <c>C:</c> does, which on Windows leads to another drive.</summary>
    public static bool BeginsWithDrive(string path)
        => path.Length >= 2
            && path[1] == ':'
            && char.IsAsciiLetter(path[0])
            && (path.Length == 2 || path[2] is '/' or '\\');
}
