using System.Globalization;
using System.Text.RegularExpressions;

namespace Beam.Samples.Tests.Prose;

/// <summary>In docs/protocol.md each rule stands once, in the order of the numbers, and the index leads to it.</summary>
public sealed partial class ProtocolTextTests
{
    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.NonBacktracking;

    private readonly string _text = Sources.Read("docs/protocol.md");

    [Fact]
    public void Rules_StandOnce_InOrder()
    {
        var numbers = Rule().Matches(_text)
            .Select(static rule => int.Parse(rule.Groups["number"].Value, CultureInfo.InvariantCulture))
            .ToList();

        // A number may be missing: rules that are not built yet have theirs already.
        Assert.Equal(Enumerable.Range(1, 32), numbers.Take(32));
        Assert.Equal(numbers.Distinct().Order(), numbers);
    }

    [Fact]
    public void Index_LeadsToEveryRule_InOrder()
    {
        var rules = Rule().Matches(_text).Select(static rule => Anchor(rule.Groups["title"].Value.Trim()));
        var index = Entry().Matches(_text).Select(static entry => entry.Groups["anchor"].Value);

        Assert.Equal(rules, index);
    }

    // As GitHub makes it of a heading.
    private static string Anchor(string heading)
        => Dropped().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"^### (?<title>P(?<number>\d+)\b.*)$", Options)]
    private static partial Regex Rule();

    [GeneratedRegex(@"^\| P\d+ \| \[[^\]]+\]\(#(?<anchor>[^)]+)\)", Options)]
    private static partial Regex Entry();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.NonBacktracking)]
    private static partial Regex Dropped();
}
