using System.Security.Cryptography;
using System.Text;

namespace Beam.Client;

/// <summary>
/// The name of an unfinished file beside its target, such as <c>report.pdf.k3m9x2pq.beam-part</c>. It is new each time: what lies there
/// under some name may be anybody's.
/// </summary>
internal static class PartialName
{
    private const string Extension = ".beam-part";
    private const int MaxStemBytes = 180;

    /// <summary>Makes up a name for a target.</summary>
    public static string New(string target) => $"{Stem(target)}.{Path.GetRandomFileName()[..8]}{Extension}";

    /// <summary>Says whether a path is one that could have been made up for a target.</summary>
    public static bool IsOf(string target, string path)
        => path.StartsWith(Stem(target) + ".", StringComparison.Ordinal)
            && path.EndsWith(Extension, StringComparison.Ordinal)
            && Path.GetDirectoryName(path) == Path.GetDirectoryName(target);

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
}
