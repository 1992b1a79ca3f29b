using System.Text;
using Spectre.Console.Rendering;

namespace Beam.Cli.Terminal;

/// <summary>Counts the columns that a text takes: some letters take two.</summary>
internal static class CellWidth
{
    public static int Of(string text) => new Segment(text).CellCount();

    /// <summary>Cuts a text in the middle so that it fits: the end of a name tells as much as its beginning.</summary>
    public static string Shorten(string text, int columns)
    {
        if (Of(text) <= columns)
        {
            return text;
        }

        if (columns < 1)
        {
            return "";
        }

        string[] letters = [.. text.EnumerateRunes().Select(static rune => rune.ToString())];
        var head = Take(letters, columns / 2);
        var tail = string.Concat(Enumerable.Reverse(letters).TakeWhile(Fits(columns - 1 - Of(head))).Reverse());
        return head + "…" + tail;
    }

    private static string Take(string[] letters, int columns)
    {
        var taken = new StringBuilder();
        foreach (var letter in letters.TakeWhile(Fits(columns)))
        {
            taken.Append(letter);
        }

        return taken.ToString();
    }

    private static Func<string, bool> Fits(int columns)
    {
        var used = 0;
        return letter => (used += Of(letter)) <= columns;
    }
}
