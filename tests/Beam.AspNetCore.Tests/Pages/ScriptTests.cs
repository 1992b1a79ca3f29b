using System.Net;
using System.Text.RegularExpressions;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Pages;

/// <summary>The modules that pages run: browsers get each of them, and one of them alone knows what the server calls things.</summary>
public sealed partial class ScriptTests : HttpTests
{
    private static readonly string Package = Path.Combine(Repository.Root, "Beam.AspNetCore");
    private static readonly string Folder = Path.Combine(Package, "Pages", "Assets");

    [Fact]
    [Trait("Rule", "P26")]
    public async Task Scripts_AreAllReachedFromAPage_AndKeptByBrowsers()
    {
        var server = await StartServerAsync();
        var found = PageScript()
            .Matches(ServerSource())
            .Select(static match => match.Groups["file"].Value)
            .ToHashSet(StringComparer.Ordinal);
        await FollowImportsAsync(server.Client, await PageAsync(server.Client, ""), found);

        var all = Scripts().Select(static script => script.Name).Append("texts.js");
        Assert.Equal(all.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("TOKEN")]
    [InlineData("TOKEN/a")]
    [Trait("Rule", "P26")]
    public async Task Page_NamesEveryModule_SoThatBrowsersFetchThemAtOnce(string path)
    {
        var server = await StartServerAsync();
        var page = await PageAsync(server.Client, path.Replace("TOKEN", server.Mint(), StringComparison.Ordinal));
        var script = ScriptLink().Match(page).Groups["file"].Value;
        HashSet<string> found = [script];

        await FollowImportsAsync(server.Client, page, found);

        var named = PreloadLink().Matches(page).Select(static match => match.Groups["file"].Value);
        Assert.Equal(found.Where(file => file != script).Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Words_AreTheServers()
    {
        var server = ServerSource();

        Assert.All(Words(), word => Assert.Contains($"\"{word}\"", server, StringComparison.Ordinal));
        Assert.All(Enum.GetNames<TransferState>(), name => Assert.Contains(CapitalWithin().Replace(name, "-").ToLowerInvariant(), Words()));
    }

    [Fact]
    public void Words_StandInOneScriptAlone()
    {
        // A word without a hyphen may mean something else in another script.
        var words = Words().Where(static word => word.IndexOfAny(['-', '_']) >= 0).ToList();

        Assert.NotEmpty(words);
        Assert.All(
            Scripts().Where(static script => script.Name != "wire.js"),
            script => Assert.All(words, word => Assert.DoesNotContain($"'{word}'", script.Text, StringComparison.Ordinal)));
    }

    [Fact]
    public void Scripts_SayWhatTheyAreFor_AndStaySmall()
    {
        // Larger than the largest of them: one that grows past it has a second idea in it.
        const int Limit = 180;

        Assert.All(Scripts(), static script => Assert.StartsWith("// ", script.Text, StringComparison.Ordinal));
        Assert.All(Scripts(), static script => Assert.InRange(script.Text.Count(static letter => letter == '\n'), 1, Limit));
    }

    /// <summary>Adds what those that are found import, as a browser finds it.</summary>
    private static async Task FollowImportsAsync(HttpClient client, string page, HashSet<string> found)
    {
        var version = AssetVersion().Match(page).Groups["version"].Value;
        var open = new Queue<string>(found);
        while (open.TryDequeue(out var file))
        {
            using var answer = await client.GetAsync($"-/{version}/{file}");
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{file} is imported and does not exist.");
            Assert.Equal("text/javascript", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal("public, max-age=31536000, immutable", answer.Headers.CacheControl!.ToString());
            var imported = Import().Matches(await answer.Content.ReadAsStringAsync()).Select(static match => match.Groups["file"].Value);
            foreach (var another in imported.Where(found.Add))
            {
                open.Enqueue(another);
            }
        }
    }

    private static async Task<string> PageAsync(HttpClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", "text/html");
        using var page = await client.SendAsync(request);
        return await page.Content.ReadAsStringAsync();
    }

    private static string ServerSource()
        => string.Concat(Directory.EnumerateFiles(Package, "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

    private static List<(string Name, string Text)> Scripts()
        => [.. Directory.EnumerateFiles(Folder, "*.js").Select(static file => (Path.GetFileName(file), File.ReadAllText(file)))];

    private static List<string> Words()
        => [.. Word().Matches(File.ReadAllText(Path.Combine(Folder, "wire.js"))).Select(static match => match.Groups["word"].Value)];

    [GeneratedRegex("Script = \"(?<file>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PageScript();

    [GeneratedRegex(
        "<script type=\"module\" src=\"[^\"]*/(?<file>[^\"/]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ScriptLink();

    [GeneratedRegex(
        "<link rel=\"modulepreload\" href=\"[^\"]*/(?<file>[^\"/]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PreloadLink();

    [GeneratedRegex(
        "^(import|export) [^;]*'\\./(?<file>[^']+)';",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Import();

    [GeneratedRegex("/-/(?<version>[0-9a-f]+)/", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AssetVersion();

    [GeneratedRegex("(: |= )'(?<word>[^']+)'[,;]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    [GeneratedRegex("(?<!^)(?=[A-Z])", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CapitalWithin();
}
