using System.Text.RegularExpressions;

namespace Beam.Samples.Tests.Prose;

/// <summary>docs/design.md is the map: it is never older than the code.</summary>
public sealed partial class DesignTests
{
    // Projects, fields of HTTP and types of the platform, which stand in no source of ours or not as a name.
    private static readonly string[] OfOthers = ["Prefer", "Range", "If", "Pipe", "TimeProvider"];

    [Fact]
    public void Map_NamesEveryFolder_AndNoneThatIsGone()
    {
        var map = Folder().Matches(Sources.Read("docs/design.md")).Select(static row => row.Groups["path"].Value).ToList();

        Assert.Equal(Sources.Folders.Order(StringComparer.Ordinal), map.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Map_NamesWhatIsThere()
    {
        var known = Sources.CodeFiles.Select(Sources.Read).Concat(Sources.Folders)
            .SelectMany(static text => Name().Matches(text))
            .Select(static match => match.Value);
        var text = Picture().Replace(Sources.Read("docs/design.md"), "");
        var named = Code().Matches(text).SelectMany(static code => Name().Matches(code.Value)).Select(static match => match.Value);

        Assert.Equal([], named.Except(known, StringComparer.Ordinal).Except(OfOthers, StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^\| `(?<path>Beam\.[^`]*)` \|", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking | RegexOptions.Multiline)]
    private static partial Regex Folder();

    [GeneratedRegex("```[^`]*```", RegexOptions.NonBacktracking)]
    private static partial Regex Picture();

    [GeneratedRegex("`[^`]+`", RegexOptions.NonBacktracking)]
    private static partial Regex Code();

    // A type or a member.
    [GeneratedRegex(@"\b[A-Z][a-z]+[A-Za-z_]*\b", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
