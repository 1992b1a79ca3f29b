using System.Text.RegularExpressions;

namespace Beam.Yarp.Tests.Balancers;

/// <summary>A configuration as docs/scaling.md has it, with the addresses of a test in it.</summary>
internal static class DocumentedConfig
{
    private const int DocumentedPort = 4100;
    private const int FirstDocumentedNodePort = 4301;

    public static string Read(string language, int port, IReadOnlyList<int> nodePorts)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "scaling.md"));
        var block = Regex.Match(
            text, $"```{language}\n(?<block>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        Assert.True(block.Success, $"docs/scaling.md has a block of {language}");
        var config = block.Groups["block"].Value.Replace($":{DocumentedPort}", $":{port}", StringComparison.Ordinal);
        for (var i = 0; i < nodePorts.Count; i++)
        {
            config = config.Replace($":{FirstDocumentedNodePort + i}", $":{nodePorts[i]}", StringComparison.Ordinal);
        }

        return config;
    }
}
