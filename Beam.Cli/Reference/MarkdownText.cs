using System.Text;

namespace Beam.Cli.Reference;

/// <summary>Breaks text into lines, for people who read the source of a page.</summary>
internal static class MarkdownText
{
    private const int MaxColumns = 120;

    /// <summary>Breaks a paragraph or an item of a list into lines.</summary>
    /// <param name="text">The text, with blanks between its words.</param>
    /// <param name="indent">What every line but the first begins with.</param>
    public static string Wrap(string text, string indent = "")
    {
        var lines = new StringBuilder();
        var column = 0;
        foreach (var word in text.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > MaxColumns && MayBeginLine(word))
            {
                lines.Append('\n').Append(indent);
                column = indent.Length;
            }
            else if (column > 0)
            {
                lines.Append(' ');
                column++;
            }

            lines.Append(word);
            column += word.Length;
        }

        return lines.ToString();
    }

    // A dash or a number at the start of a line would begin a list.
    private static bool MayBeginLine(string word) => word.Length > 0 && (char.IsLetter(word[0]) || word[0] is '`' or '\'');
}
