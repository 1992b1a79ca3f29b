using System.Text.RegularExpressions;

namespace Beam.Samples.Tests.Prose;

/// <summary>Takes a text apart into sentences. A paragraph, an item of a list, a heading and a cell of a table each end one.</summary>
internal static partial class Sentences
{
    // What looks behind itself cannot do without backtracking. A minute is for a machine that is busy.
    private const int MatchTimeoutMilliseconds = 60_000;

    /// <summary>The sentences of a Markdown text; what stands in a code block is none, and a piece of code counts as one word.</summary>
    public static IEnumerable<string> OfMarkdown(string text) => Blocks(text).SelectMany(Of);

    /// <summary>The sentences of a plain text.</summary>
    public static IEnumerable<string> Of(string text)
    {
        var plain = Emphasis().Replace(Link().Replace(Code().Replace(text, "code"), "${text}"), "");
        return End().Split(plain).Select(static sentence => sentence.Trim()).Where(static sentence => sentence.Length > 0);
    }

    public static int CountWords(string sentence) => sentence.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>Says whether a sentence hides its subject behind "Who ...". A question may begin so.</summary>
    public static bool BeginsWithWho(string sentence) => Who().IsMatch(sentence) && !sentence.EndsWith('?');

    private static IEnumerable<string> Blocks(string text)
    {
        var block = new List<string>();
        var isCode = false;
        foreach (var line in text.Split('\n').Select(static line => line.Trim()))
        {
            var isFence = line.StartsWith("```", StringComparison.Ordinal);
            if (block.Count > 0 && (isFence || line.Length == 0 || line[0] is '|' or '<' || Begin().IsMatch(line)))
            {
                yield return string.Join(' ', block);
                block.Clear();
            }

            isCode ^= isFence;
            if (isCode || isFence || line.Length == 0 || line[0] == '<')
            {
                continue;
            }

            if (line[0] != '|')
            {
                block.Add(Begin().Replace(line, ""));
                continue;
            }

            foreach (var cell in Cell().Split(line))
            {
                yield return cell;
            }
        }

        yield return string.Join(' ', block);
    }

    [GeneratedRegex(@"^([-*+]|\d+\.|#+|>)\s+", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Begin();

    [GeneratedRegex(@"(?<!\\)\|", RegexOptions.None, MatchTimeoutMilliseconds)]
    private static partial Regex Cell();

    [GeneratedRegex("`[^`]*`", RegexOptions.NonBacktracking)]
    private static partial Regex Code();

    [GeneratedRegex(@"!?\[(?<text>[^\]]*)\]\([^)]*\)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Link();

    [GeneratedRegex(@"[*]{2}|_{2}", RegexOptions.NonBacktracking)]
    private static partial Regex Emphasis();

    [GeneratedRegex(@"(?<=[.!?][""')]*)\s+", RegexOptions.None, MatchTimeoutMilliseconds)]
    private static partial Regex End();

    [GeneratedRegex(@"^Who(ever)?\b", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Who();
}
