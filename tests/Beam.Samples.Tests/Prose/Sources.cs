using System.Text.RegularExpressions;

namespace Beam.Samples.Tests.Prose;

/// <summary>The files of the repository that people read, without what a build makes.</summary>
internal static partial class Sources
{
    private static readonly string[] Code = [".cs", ".js", ".css", ".sh", ".py"];

    /// <summary>Every page and README, by its path below the root.</summary>
    public static IEnumerable<string> Documents => Files().Where(static path => path.EndsWith(".md", StringComparison.Ordinal));

    /// <summary>Every source file, by its path below the root.</summary>
    public static IEnumerable<string> CodeFiles => Files().Where(static path => Code.Contains(Path.GetExtension(path)) || IsScript(path));

    /// <summary>Every folder of a package, by its path below the root.</summary>
    public static IEnumerable<string> Folders => Files()
        .Where(static path => path.StartsWith("Beam.", StringComparison.Ordinal) && path.Contains('/', StringComparison.Ordinal))
        .Select(static path => path[..path.LastIndexOf('/')])
        .Distinct(StringComparer.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    private static IEnumerable<string> Files()
        => Directory.EnumerateFiles(Repository.Root, "*", SearchOption.AllDirectories)
            .Select(static path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(static path => !Made().IsMatch(path));

    // A program without an extension.
    private static bool IsScript(string path)
        => Path.GetExtension(path).Length == 0
            && File.ReadLines(Path.Combine(Repository.Root, path)).FirstOrDefault()?.StartsWith("#!", StringComparison.Ordinal) == true;

    [GeneratedRegex(
        "(^|/)(bin|obj|node_modules|TestResults|[.]git|[.]vs|[.]idea)/",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Made();
}
