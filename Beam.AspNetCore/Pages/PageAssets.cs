using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Beam.AspNetCore.Pages;

/// <summary>The style sheet, scripts and pictures of the pages, embedded in the assembly.</summary>
internal static partial class PageAssets
{
    private const string Prefix = "Beam.Assets.";

    private static readonly FrozenDictionary<string, byte[]> Files = Load();
    private static readonly FrozenDictionary<string, IReadOnlyList<string>> Imports = Files.Keys
        .Where(static name => Path.GetExtension(name) == ".js")
        .ToFrozenDictionary(static name => name, FindImports, StringComparer.Ordinal);

    /// <summary>
    /// Gets the digest of all files, which is part of each file's address. So browsers can cache files forever, and files can still refer
    /// to each other by name.
    /// </summary>
    public static string Version { get; } = DigestOf(Files);

    /// <summary>Finds a file that browsers may have.</summary>
    public static bool TryGet(string name, out ReadOnlyMemory<byte> content, out string contentType)
    {
        contentType = ContentTypeOf(name);
        var isFound = Files.TryGetValue(name, out var bytes) && contentType.Length > 0;
        content = bytes;
        return isFound;
    }

    /// <summary>The modules that a script imports, and the modules that those import in turn.</summary>
    public static IReadOnlyList<string> ImportsOf(string script) => Imports[script];

    /// <summary>Reads a file that is known to exist.</summary>
    public static byte[] Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static FrozenDictionary<string, byte[]> Load()
    {
        var names = Assembly.GetExecutingAssembly()
            .GetManifestResourceNames()
            .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal));
        var files = names.Select(static name => name[Prefix.Length..]).ToDictionary(static name => name, Read, StringComparer.Ordinal);

        // Scripts import modules, not JSON.
        files["texts.js"] = [.. "export default "u8, .. files["texts.json"], .. ";\n"u8];
        return files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static IReadOnlyList<string> FindImports(string script)
    {
        List<string> found = [script];
        for (var next = 0; next < found.Count; next++)
        {
            foreach (Match import in Import().Matches(Encoding.UTF8.GetString(Files[found[next]])))
            {
                var name = import.Groups["name"].Value;
                if (!found.Contains(name, StringComparer.Ordinal))
                {
                    found.Add(name);
                }
            }
        }

        return found[1..];
    }

    private static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "",
    };

    private static string DigestOf(FrozenDictionary<string, byte[]> files)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, content) in files.OrderBy(static file => file.Key, StringComparer.Ordinal))
        {
            digest.AppendData(Encoding.UTF8.GetBytes(name));
            digest.AppendData(content);
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset().AsSpan(0, 8));
    }

    [GeneratedRegex(
        "^import [^;]*'\\./(?<name>[^']+)';",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Import();
}
