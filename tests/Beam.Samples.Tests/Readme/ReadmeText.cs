using System.Text.RegularExpressions;

namespace Beam.Samples.Tests.Readme;

/// <summary>A README of this repository and what is in its code blocks.</summary>
internal sealed partial class ReadmeText(string path)
{
    private readonly string[] _lines = File.ReadAllLines(Path.Combine(Repository.Root, path));

    /// <summary>The contents of the blocks in a language, in order; the language of a block that names none is empty.</summary>
    public IReadOnlyList<string> Blocks(string language)
    {
        var blocks = new List<string>();
        (string Language, List<string> Lines)? block = null;
        foreach (var line in _lines)
        {
            if (block is { } open && line != "```")
            {
                open.Lines.Add(line);
            }
            else if (block is not null)
            {
                if (block.Value.Language == language)
                {
                    blocks.Add(string.Join('\n', block.Value.Lines) + "\n");
                }

                block = null;
            }
            else if (line.StartsWith("```", StringComparison.Ordinal))
            {
                block = (line[3..], []);
            }
        }

        return blocks;
    }

    /// <summary>The only command within a line that begins so.</summary>
    public string Inline(string beginning) => Assert.Single(
        _lines.SelectMany(line => Code().Matches(line)).Select(static match => match.Groups["code"].Value),
        code => code.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>The links to other files, without their fragments.</summary>
    public IEnumerable<string> Links() => _lines
        .SelectMany(line => Link().Matches(line))
        .Select(match => match.Groups["path"].Value)
        .Where(path => !path.Contains(':', StringComparison.Ordinal));

    [GeneratedRegex(@"\]\((?<path>[^)#]+)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Link();

    [GeneratedRegex("`(?<code>[^`]+)`", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Code();
}
