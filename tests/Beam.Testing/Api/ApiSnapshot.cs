using System.Reflection;
using System.Text;

namespace Beam.Testing;

/// <summary>Writes an assembly's public surface as text, and compares it with the text that is checked in.</summary>
public static class ApiSnapshot
{
    private const string FileName = "PublicApi.txt";

    /// <summary>The public and protected surface, one line a member, in an order that does not depend on the source.</summary>
    public static string Of(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        var text = new StringBuilder();
        var types = assembly.GetExportedTypes()
            .Where(type => !type.Name.Contains('<', StringComparison.Ordinal))
            .OrderBy(type => type.Namespace, StringComparer.Ordinal)
            .ThenBy(type => type.FullName, StringComparer.Ordinal);
        string? currentNamespace = null;
        foreach (var type in types)
        {
            if (type.Namespace != currentNamespace)
            {
                currentNamespace = type.Namespace;
                text.Append(text.Length == 0 ? "" : "\n").Append("namespace ").Append(currentNamespace).Append('\n');
            }

            text.Append('\n').Append(ApiTypeText.Declaration(type)).Append('\n');
            foreach (var member in ApiMemberText.Members(type))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>Compares the surface with <c>PublicApi.txt</c> of a test project.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="testProject">The name of the test project, a folder below <c>tests</c>, that has the file copied to its output.</param>
    /// <returns>
    /// <see langword="null"/> when they agree, else a message with the difference. With the environment variable
    /// <c>BEAM_UPDATE_API=1</c> the file in the source tree is rewritten and they always agree.
    /// </returns>
    public static string? Compare(Assembly assembly, string testProject)
    {
        var actual = Of(assembly);
        var source = Path.Combine("tests", testProject, FileName);
        if (Environment.GetEnvironmentVariable("BEAM_UPDATE_API") == "1")
        {
            File.WriteAllText(Path.Combine(Repository.Root, source), actual);
            return null;
        }

        var checkedIn = Path.Combine(AppContext.BaseDirectory, FileName);
        var expected = File.Exists(checkedIn) ? File.ReadAllText(checkedIn).ReplaceLineEndings("\n") : "";
        if (expected == actual)
        {
            return null;
        }

        var received = Path.Combine(AppContext.BaseDirectory, "PublicApi.received.txt");
        File.WriteAllText(received, actual);
        return $"""
            The public API is not what {source} says:
            {LineDiff.Of(expected, actual)}
            If the change is meant, run the test again with BEAM_UPDATE_API=1 and commit the file. The new text: {received}
            """;
    }
}
