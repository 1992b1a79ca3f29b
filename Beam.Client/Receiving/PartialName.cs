using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Beam.Client;

/// <summary>
/// The name of an unfinished file beside its target, such as <c>report.pdf.k3m9x-12.beam-part</c>. It contains the id of the transfer.
/// </summary>
internal static partial class PartialName
{
    private const string Extension = ".beam-part";
    private const string Unknown = "once";
    private const int MaxStemBytes = 180;

    /// <summary>Says whether an id can be part of a name.</summary>
    public static bool IsId(string id) => Id().IsMatch(id) && id != Unknown;

    public static string Of(string target, string? id) => $"{Stem(target)}.{id ?? Unknown}{Extension}";

    /// <summary>Finds what earlier runs have left for a target, the newest first.</summary>
    public static IEnumerable<(string Path, string Id)> Find(string target)
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(target)!);
        var stem = Path.GetFileName(Stem(target)) + ".";
        return (folder.Exists ? folder.EnumerateFiles() : [])
            .Where(file => file.Name.StartsWith(stem, StringComparison.Ordinal) && file.Name.EndsWith(Extension, StringComparison.Ordinal))
            .Where(file => file.Name.Length > stem.Length + Extension.Length)
            .Select(file => (File: file, Id: file.Name[stem.Length..^Extension.Length]))
            .Where(static found => IsId(found.Id))
            .OrderByDescending(static found => found.File.LastWriteTimeUtc)
            .Select(static found => (found.File.FullName, found.Id));
    }

    /// <summary>The target itself, or the beginning of a long name and a digest, because file systems allow 255 bytes.</summary>
    private static string Stem(string target)
    {
        var name = Path.GetFileName(target);
        if (Encoding.UTF8.GetByteCount(name) <= MaxStemBytes)
        {
            return target;
        }

        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 8));
        var start = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            if (Encoding.UTF8.GetByteCount(start.ToString()) + rune.Utf8SequenceLength > MaxStemBytes - digest.Length)
            {
                break;
            }

            start.Append(rune);
        }

        return Path.Combine(Path.GetDirectoryName(target)!, $"{start}-{digest}");
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,40}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Id();
}
