using System.Text.Json;
using System.Text.RegularExpressions;

namespace Beam.Samples.Tests.Prose;

/// <summary>What people read here is written for people all over the world: short sentences that say who does what.</summary>
public sealed partial class EnglishTests
{
    private const int MostWords = 40;
    private const int MostColumns = 140;
    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking | RegexOptions.Multiline;

    [Fact]
    public void Documents_HaveNoLongSentences()
        => AssertNone(Sources.Documents.SelectMany(static path => Sentences.OfMarkdown(Sources.Read(path))
            .Where(static sentence => Sentences.CountWords(sentence) > MostWords)
            .Select(sentence => $"{path}: {sentence}")));

    [Fact]
    public void Documents_NameThePersonOrTheProgram()
        => AssertNone(Sources.Documents.SelectMany(static path => Sentences.OfMarkdown(Sources.Read(path))
            .Where(Sentences.BeginsWithWho)
            .Select(sentence => $"{path}: {sentence}")));

    [Fact]
    public void Texts_NameThePersonOrTheProgram()
    {
        var texts = JsonSerializer.Deserialize<Dictionary<string, string>>(Sources.Read("Beam.AspNetCore/Pages/Assets/texts.json"));

        Assert.NotNull(texts);
        AssertNone(texts.Where(static text => Sentences.Of(text.Value).Any(Sentences.BeginsWithWho)).Select(static text => text.Key));
    }

    [Fact]
    public void Comments_NameThePersonOrTheProgram()
        => AssertNone(Sources.CodeFiles.SelectMany(static path => Comment().Matches(Sources.Read(path))
            .SelectMany(static comment => Sentences.Of(Tag().Replace(comment.Groups["text"].Value, "")))
            .Where(Sentences.BeginsWithWho)
            .Select(sentence => $"{path}: {sentence}")));

    [Fact]
    public void Code_HasNoLongLines()
        => AssertNone(Sources.CodeFiles.SelectMany(static path => Sources.Read(path).Split('\n')
            .Select((line, index) => (Columns: line.TrimEnd('\r').Length, Number: index + 1))
            .Where(static line => line.Columns > MostColumns)
            .Select(line => $"{path}({line.Number}): {line.Columns}")));

    [Theory]
    [InlineData("One. Two!\n\n- three\n- four\n", "One.|Two!|three|four")]
    [InlineData("| five | six |\n|---|---|\n\n```\nseven. eight\n```\n\n## Nine\n\nTen\n", "five|six|---|---|Nine|Ten")]
    [InlineData("A [link of words](page.md) and `a. b` here.", "A link of words and code here.")]
    [InlineData("1. First\n   line\n2. Second\n", "First line|Second")]
    public void Sentences_EndWhereAReaderPauses(string text, string expected)
        => Assert.Equal(expected.Split('|'), Sentences.OfMarkdown(text));

    [Theory]
    [InlineData("Who waits is served.", true)]
    [InlineData("Whoever opens it gets the file.", true)]
    [InlineData("Who may read it?", false)]
    [InlineData("Whole files are sent.", false)]
    [InlineData("A client that waits is served.", false)]
    public void Sentences_AreFound_ThatBeginWithWho(string sentence, bool expected)
        => Assert.Equal(expected, Sentences.BeginsWithWho(sentence));

    private static void AssertNone(IEnumerable<string> offenders)
    {
        var found = offenders.ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    // Of C# and the scripts; a comment of several lines is looked at line by line, which is enough for a beginning.
    [GeneratedRegex(@"^\s*(///|//|/?\*+|#|.*\s//)\s(?<text>.*)$", Options)]
    private static partial Regex Comment();

    [GeneratedRegex("<[^>]*>", RegexOptions.NonBacktracking)]
    private static partial Regex Tag();
}
