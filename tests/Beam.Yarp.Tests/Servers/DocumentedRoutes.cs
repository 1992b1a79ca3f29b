using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Beam.Yarp.Tests.Servers;

/// <summary>The gateway of docs/operations.md whose signed-in users mint, with the address of a test's node in it.</summary>
internal static class DocumentedRoutes
{
    private const string Heading = "### A gateway whose signed-in users mint";
    private const string DocumentedNode = "http://10.0.0.1:8080";

    public static IConfigurationSection Read(string node)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));
        var block = Regex.Match(
            text[text.IndexOf(Heading, StringComparison.Ordinal)..],
            "```json\n(?<block>.*?)```",
            RegexOptions.Singleline | RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(1)).Groups["block"].Value;
        Assert.Contains(DocumentedNode, block, StringComparison.Ordinal);
        var json = $"{{ {block.Replace(DocumentedNode, node, StringComparison.Ordinal)} }}";
        return new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)))
            .Build()
            .GetSection("ReverseProxy");
    }
}
