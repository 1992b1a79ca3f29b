using System.Text.Json;

namespace Beam.Cli.Tests.Support;

/// <summary>Reads what the tool writes for programs.</summary>
internal static class Json
{
    public static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>One object a line; a line that is not complete yet is left out.</summary>
    public static IEnumerable<JsonElement> Lines(string text)
        => text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse);
}
