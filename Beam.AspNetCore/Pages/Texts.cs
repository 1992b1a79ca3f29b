using System.Collections.Frozen;
using System.Text.Json;

namespace Beam.AspNetCore.Pages;

/// <summary>The texts of the pages, by key. The scripts read the same file.</summary>
internal static class Texts
{
    private static readonly FrozenDictionary<string, string> All = Load();

    /// <summary>The text of a key.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public static string Of(string key) => All[key];

    /// <summary>The text of a key, or of another key when there is none.</summary>
    public static string Of(string key, string otherwise) => All.TryGetValue(key, out var text) ? text : All[otherwise];

    private static FrozenDictionary<string, string> Load()
        => JsonSerializer.Deserialize(PageAssets.Read("texts.json"), PagesJson.Default.DictionaryStringString)!
            .ToFrozenDictionary(StringComparer.Ordinal);
}
