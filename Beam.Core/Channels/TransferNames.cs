using System.Globalization;
using System.Text;

namespace Beam.Transfers;

/// <summary>The names that transfers may have within their channel.</summary>
/// <remarks>
/// A name stands in links, in logs and on terminals, and receivers make file names of it. So the relay takes no name that a file system or
/// a terminal would act on, whether a sender supplies it or the disk.
/// </remarks>
public static class TransferNames
{
    /// <summary>The rule, for people.</summary>
    public const string Rule = "A name is 1 to 255 bytes of UTF-8 without control characters, '/' and '\\', and not '.' or '..'.";

    /// <summary>The most bytes that a name has in UTF-8.</summary>
    public const int MaxBytes = 255;

    /// <summary>Says whether a transfer may have the name.</summary>
    /// <param name="name">Anything, decoded.</param>
    /// <returns><see langword="true"/> when <see cref="Rule"/> holds and each letter is plain.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    public static bool IsValid(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name is "" or "." or ".." || Encoding.UTF8.GetByteCount(name) > MaxBytes)
        {
            return false;
        }

        foreach (var rune in name.EnumerateRunes())
        {
            if (rune.Value is '/' or '\\' || !IsPlain(rune))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Says whether a letter is a plain letter, and nothing that would mislead a terminal or a reader.</summary>
    /// <param name="rune">The letter.</param>
    /// <returns>
    /// <see langword="false"/> for control characters, line and paragraph separators, format characters that change how other letters are
    /// shown, such as controls of the writing direction, and the replacement character.
    /// </returns>
    public static bool IsPlain(Rune rune) => rune != Rune.ReplacementChar && !Rune.IsControl(rune) && !IsFormatting(rune);

    internal static void ThrowIfInvalid(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!IsValid(name))
        {
            throw new ArgumentException(Rule, nameof(name));
        }
    }

    /// <summary>
    /// Finds what makes a name look different from what it is, such as an extension written backwards. These are all letters with the
    /// Unicode property Bidi_Control, the deprecated format characters behind them (U+206A to U+206F), and annotations within the line.
    /// </summary>
    /// <remarks>
    /// Other format characters (category Cf) move no letter. Names need some of them: joiners in Persian, in scripts of India and in emoji,
    /// tags in flags.
    /// </remarks>
    private static bool IsFormatting(Rune rune)
        => rune.Value is 0x061C or 0x200E or 0x200F
                or (>= 0x202A and <= 0x202E)
                or (>= 0x2066 and <= 0x206F)
                or (>= 0xFFF9 and <= 0xFFFB)
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
