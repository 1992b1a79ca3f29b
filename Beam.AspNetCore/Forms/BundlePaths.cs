using System.Globalization;
using System.Text;
using Beam.AspNetCore.Fields;

namespace Beam.AspNetCore.Forms;

/// <summary>The names of files within a bundle: relative paths that do not lead out of it, each of them once.</summary>
internal sealed class BundlePaths
{
    private const string Nameless = "file";

    // Without regard to case: a file system that ignores case would lose a file. The value is the last number given to that path, so that
    // ten thousand files of one name are not counted again for each of them.
    private readonly Dictionary<string, int> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes a path of the name that a form gives to a file.</summary>
    public string Add(string fileName)
    {
        var wanted = Clean(fileName);
        if (_taken.TryAdd(wanted, 1))
        {
            return wanted;
        }

        var (stem, ending) = Split(wanted);
        while (true)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{stem} ({++_taken[wanted]}){ending}");
            if (_taken.TryAdd(path, 1))
            {
                return path;
            }
        }
    }

    private static string Clean(string fileName)
    {
        var segments = fileName.Split('/', '\\').Where(static segment => segment is not ("" or "." or "..")).Select(CleanSegment);
        return string.Join('/', segments) is { Length: > 0 } path ? path : Nameless;
    }

    /// <summary>Replaces colons, which on Windows mean a drive or a stream, and the characters that no name may have.</summary>
    private static string CleanSegment(string segment)
    {
        var clean = new StringBuilder(segment.Length);
        foreach (var rune in segment.EnumerateRunes())
        {
            clean.Append(rune.Value == ':' || !TransferName.IsPlain(rune) ? "_" : rune.ToString());
        }

        return clean.ToString();
    }

    private static (string Stem, string Ending) Split(string path)
    {
        var dot = path.LastIndexOf('.');
        return dot > path.LastIndexOf('/') + 1 ? (path[..dot], path[dot..]) : (path, "");
    }
}
