using System.Globalization;

namespace Beam.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchmarkArguments(
    IReadOnlyList<string> Scenarios,
    bool IsQuick,
    int Runs,
    string? MarkdownFile,
    string? OtherLimit,
    IReadOnlyList<string> ServerSettings)
{
    /// <returns>The arguments, or <see langword="null"/> when they make no sense.</returns>
    public static BenchmarkArguments? Parse(string[] arguments, IReadOnlyList<string> known)
    {
        var scenarios = new List<string>();
        var settings = new List<string>();
        var isQuick = false;
        int? runs = null;
        string? markdownFile = null;
        string? otherLimit = null;
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--quick":
                    isQuick = true;
                    break;
                case "--runs" when i + 1 < arguments.Length
                    && int.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out var count)
                    && count > 0:
                    runs = count;
                    i++;
                    break;
                case "--markdown" when i + 1 < arguments.Length:
                    markdownFile = arguments[++i];
                    break;
                case "--other-limit" when i + 1 < arguments.Length:
                    otherLimit = arguments[++i];
                    break;
                case var setting when setting.StartsWith("--", StringComparison.Ordinal) && setting.Contains(':', StringComparison.Ordinal):
                    settings.Add(setting);
                    break;
                case var scenario when known.Contains(scenario):
                    scenarios.Add(scenario);
                    break;
                default:
                    return null;
            }
        }

        return new BenchmarkArguments(scenarios, isQuick, runs ?? (isQuick ? 1 : 3), markdownFile, otherLimit, settings);
    }
}
