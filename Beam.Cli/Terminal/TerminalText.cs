using System.Globalization;
using System.Text;

namespace Beam.Cli.Terminal;

/// <summary>Text from somewhere else, made fit for a terminal: names of files, what a server says, what an exception quotes.</summary>
internal static class TerminalText
{
    /// <summary>
    /// Replaces what a terminal would obey, or what makes a text look like another: control characters and escape sequences, controls of
    /// writing direction, invisible letters.
    /// </summary>
    public static string Clean(string? text)
    {
        if (text is null)
        {
            return "";
        }

        if (!IsUnsafe(text))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            clean.Append(IsUnsafe(rune) ? Rune.ReplacementChar.ToString() : rune.ToString());
        }

        return clean.ToString();
    }

    /// <summary>Whether a text has something in it that <see cref="Clean"/> replaces.</summary>
    public static bool IsUnsafe(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsUnsafe(rune))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether <see cref="Clean"/> replaces a character: Cc (controls and line feeds), Cf (directions and tags, but not the joiners), line
    /// and paragraph separators, and code points that are not characters.
    /// </summary>
    public static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,

        // Several scripts need the joiners, and so do most emoji of people.
        UnicodeCategory.Format => rune.Value is not (0x200C or 0x200D),
        UnicodeCategory.OtherNotAssigned => (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xE0000 and <= 0xE0FFF,
        _ => false,
    };
}
