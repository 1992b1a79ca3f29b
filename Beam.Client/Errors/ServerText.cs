using System.Globalization;

namespace Beam.Client;

/// <summary>What a server says in its own words. Programs show it on terminals and write it into logs.</summary>
internal static class ServerText
{
    /// <summary>Replaces what a terminal or a log would obey: controls, line breaks, and controls of the writing direction.</summary>
    public static string Clean(string text)
        => text.Any(IsUnsafe) ? string.Concat(text.Select(static letter => IsUnsafe(letter) ? '\uFFFD' : letter)) : text;

    private static bool IsUnsafe(char letter) => char.GetUnicodeCategory(letter)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
