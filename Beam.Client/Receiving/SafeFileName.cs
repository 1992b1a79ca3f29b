using System.Text;

namespace Beam.Client;

/// <summary>Makes a name that a stranger has chosen fit for any file system: one file in one folder, and nothing that a terminal would act on.</summary>
internal static class SafeFileName
{
    private const int MaxBytes = 255;
    private const string Fallback = "file";

    public static string From(string name)
    {
        var safe = new StringBuilder(name.Length);
        var bytes = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            var kept = IsHarmless(rune) ? rune : new Rune('_');
            if (bytes + kept.Utf8SequenceLength > MaxBytes)
            {
                break;
            }

            bytes += kept.Utf8SequenceLength;
            safe.Append(kept);
        }

        // Windows drops dots and spaces at the end; a dot or a dash at the start hides a file or makes it look like an option.
        var text = safe.ToString().TrimEnd('.', ' ').TrimStart(' ');
        if (text.Length == 0)
        {
            return Fallback;
        }

        return text[0] is '.' or '-' || IsDevice(text) ? "_" + text[1..] : text;
    }

    private static bool IsHarmless(Rune rune)
        => rune.Value is not ('/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|') && rune != Rune.ReplacementChar && !LinkText.IsUnprintable(rune);

    /// <summary>Names that Windows takes for devices, whatever their extension.</summary>
    private static bool IsDevice(string name)
    {
        var stem = name.Split('.')[0].TrimEnd(' ').ToUpperInvariant();
        return stem is "CON" or "PRN" or "AUX" or "NUL"
            || (stem.Length == 4 && (stem[..3] is "COM" or "LPT") && char.IsAsciiDigit(stem[3]));
    }
}
