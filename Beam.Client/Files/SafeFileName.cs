using System.Text;

namespace Beam.Client;

/// <summary>
/// Makes a stranger's name fit for any file system: it names a file in a folder, and contains nothing that a terminal would act on.
/// </summary>
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

        // Windows drops dots and spaces at the end. At the start, a dot hides a file, and a dash makes it look like an option.
        var text = safe.ToString().TrimEnd('.', ' ').TrimStart(' ');
        if (text.Length == 0)
        {
            return Fallback;
        }

        return text[0] is '.' or '-' || IsDevice(text) || IsObeyed(text) ? "_" + text[1..] : text;
    }

    private static bool IsHarmless(Rune rune)
        => rune.Value is not ('/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|')
            && rune != Rune.ReplacementChar
            && !LinkText.IsUnprintable(rune);

    /// <summary>Says whether Windows obeys a file of this name as soon as somebody looks at its folder.</summary>
    private static bool IsObeyed(string name)
        => name.Equals("desktop.ini", StringComparison.OrdinalIgnoreCase) || name.Equals("autorun.inf", StringComparison.OrdinalIgnoreCase);

    /// <summary>Says whether Windows takes a name for a device, whatever its extension.</summary>
    private static bool IsDevice(string name)
    {
        var stem = name.Split('.')[0].TrimEnd(' ').ToUpperInvariant();
        return stem is "CON" or "PRN" or "AUX" or "NUL" or "CONIN$" or "CONOUT$"
            || (stem.Length == 4 && (stem[..3] is "COM" or "LPT") && (char.IsAsciiDigit(stem[3]) || stem[3] is '¹' or '²' or '³'));
    }
}
