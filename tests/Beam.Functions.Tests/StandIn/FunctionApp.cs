using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Beam.Functions.Tests.StandIn;

/// <summary>A folder that the Functions host can start: host.json with a custom handler that is proxied to, and its functions.</summary>
internal sealed class FunctionApp
{
    private readonly IReadOnlyList<HttpFunction> _functions;

    public FunctionApp(string folder)
    {
        Folder = folder;
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "host.json")));
        var host = json.RootElement;
        Assert.Equal("2.0", host.GetProperty("version").GetString());
        var handler = host.GetProperty("customHandler");
        Assert.True(handler.GetProperty("enableProxyingHttpRequest").GetBoolean());
        var description = handler.GetProperty("description");
        Executable = description.GetProperty("defaultExecutablePath").GetString()!;
        Arguments = description.TryGetProperty("arguments", out var arguments)
            ? [.. arguments.EnumerateArray().Select(static argument => argument.GetString()!)]
            : [];
        FunctionTimeout = host.TryGetProperty("functionTimeout", out var timeout)
            ? TimeSpan.Parse(timeout.GetString()!, CultureInfo.InvariantCulture)
            : null;

        var routePrefix = host.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString()!;

        // Hosts differ in whether the more specific route comes first; the names alone are the harder case.
        _functions =
        [
            .. Directory.EnumerateFiles(folder, "function.json", SearchOption.AllDirectories)
                .Select(path => HttpFunction.Read(path, routePrefix))
                .OrderBy(static function => function.Name, StringComparer.Ordinal),
        ];
    }

    public string Folder { get; }

    /// <summary>Gets the program to start; the host finds it in the folder, or by the search path.</summary>
    public string Executable { get; }

    public IReadOnlyList<string> Arguments { get; }

    public TimeSpan? FunctionTimeout { get; }

    public HttpFunction? Find(HttpRequest request) => _functions.FirstOrDefault(function => function.Matches(request));
}
