using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Beam.Client;

/// <summary>Knows what tokens and names look like, as the server does.</summary>
internal static partial class LinkText
{
    private const int MaxNameBytes = 255;

    /// <summary>Says whether a part of a path could be a token at all.</summary>
    public static bool IsToken(string text) => text is not ("token" or "-") && TokenLetters().IsMatch(text);

    /// <summary>Finds which part of a path is the token.</summary>
    /// <returns>Its index, or -1 when there are no parts.</returns>
    public static int FindToken(string[] parts)
    {
        var at = Array.FindIndex(parts, static part => UsualToken().IsMatch(part));
        return at >= 0 ? at : Math.Max(parts.Length - 2, Math.Min(parts.Length, 1) - 1);
    }

    /// <summary>The token without the name of the node that made it.</summary>
    public static string WithoutNode(string token)
        => UsualToken().IsMatch(token) ? token[(token.IndexOf('.', StringComparison.Ordinal) + 1)..] : token;

    /// <summary>Says whether a file may have this name.</summary>
    public static bool IsName(string name)
    {
        if (name is "" or "." or ".." || Encoding.UTF8.GetByteCount(name) > MaxNameBytes)
        {
            return false;
        }

        foreach (var rune in name.EnumerateRunes())
        {
            if (rune.Value is '/' or '\\' || rune == Rune.ReplacementChar || IsUnprintable(rune))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Says whether a character is a control, or makes a name look like another.</summary>
    public static bool IsUnprintable(Rune rune)
        => Rune.IsControl(rune)
            || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069)
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    [GeneratedRegex("^[A-Za-z0-9._-]{2,200}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TokenLetters();

    // 26 letters and digits, or words. The name of a node may come first.
    [GeneratedRegex(
        "^([a-z0-9-]+\\.)?([a-z0-9]{26}|[0-9]+(-[a-z]+){2,})$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex UsualToken();
}
