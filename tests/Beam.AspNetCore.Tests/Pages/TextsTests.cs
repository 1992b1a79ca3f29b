using System.Text.Json;
using System.Text.RegularExpressions;

namespace Beam.AspNetCore.Tests.Pages;

/// <summary>All that pages say is in one file: nothing is missing there, and nothing is left over.</summary>
public sealed partial class TextsTests
{
    private static readonly string Package = Path.Combine(Repository.Root, "Beam.AspNetCore");
    private static readonly string Assets = Path.Combine(Package, "Pages", "Assets");

    [Fact]
    public void Texts_AreAllThere()
    {
        var keys = Keys();

        Assert.All(
            Sources().SelectMany(static source => LiteralKey().Matches(source)),
            match => Assert.Contains(match.Groups["key"].Value, keys));
    }

    [Fact]
    public void Texts_AreAllUsed()
    {
        var sources = string.Concat(Sources());

        // Some are put together from a word and what it is about.
        Assert.All(Keys(), key => Assert.True(
            sources.Contains(key, StringComparison.Ordinal)
                || sources.Contains(key[..(key.LastIndexOf('.') + 1)] + "$", StringComparison.Ordinal)
                || sources.Contains($"\"{key[..(key.LastIndexOf('.') + 1)]}\"", StringComparison.Ordinal)
                || key.StartsWith("made.", StringComparison.Ordinal),
            $"Nobody says {key}."));
    }

    private static IEnumerable<string> Sources()
        => Directory.EnumerateFiles(Package, "*.cs", SearchOption.AllDirectories)
            .Where(static file
                => !file.Contains(Path.DirectorySeparatorChar + "obj" + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            .Concat(Directory.EnumerateFiles(Assets).Where(static file => !file.EndsWith(".json", StringComparison.Ordinal)))
            .Select(File.ReadAllText);

    private static HashSet<string> Keys()
        => [.. JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(Path.Combine(Assets, "texts.json")))!.Keys];

    [GeneratedRegex(
        "(?:Texts\\.Of\\(\"|\\btext\\('|\\b(?:says|inVain): ')(?<key>[^'\"]+[^.'\"])['\"][,)]",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex LiteralKey();
}
