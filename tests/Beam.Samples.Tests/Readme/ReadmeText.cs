using System.Text.RegularExpressions;

namespace Beam.Samples.Tests.Readme;

/// <summary>A README of this repository and what is in its code blocks.</summary>
internal sealed partial class ReadmeText(string path)
{
    private readonly string[] _lines = File.ReadAllLines(Path.Combine(Repository.Root, path));

    /// <summary>The contents of the blocks in a language, in order.</summary>
    public IReadOnlyList<string> Blocks(string language)
    {
        var blocks = new List<string>();
        List<string>? block = null;
        foreach (var line in _lines)
        {
            if (block is null)
            {
                block = line == "```" + language ? [] : null;
            }
            else if (line == "```")
            {
                blocks.Add(string.Join('\n', block) + "\n");
                block = null;
            }
            else
            {
                block.Add(line);
            }
        }

        return blocks;
    }

    /// <summary>The links to other files, without their fragments.</summary>
    public IEnumerable<string> Links()
        => _lines.SelectMany(line => Link().Matches(line))
            .Select(match => match.Groups["path"].Value)
            .Where(path => !path.Contains(':', StringComparison.Ordinal));

    [GeneratedRegex(@"\]\((?<path>[^)#]+)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Link();
}
