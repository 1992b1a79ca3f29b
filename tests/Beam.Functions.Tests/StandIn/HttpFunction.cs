using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace Beam.Functions.Tests.StandIn;

/// <summary>A function.json with one HTTP trigger and one HTTP output and nothing else, which is what the host proxies.</summary>
internal sealed class HttpFunction
{
    private readonly TemplateMatcher _route;
    private readonly string[] _methods;

    private HttpFunction(string name, JsonElement trigger, string routePrefix)
    {
        Name = name;
        NeedsKey = trigger.GetProperty("authLevel").GetString() != "anonymous";
        _methods = [.. trigger.GetProperty("methods").EnumerateArray().Select(static method => method.GetString()!)];
        var template = $"{routePrefix}/{trigger.GetProperty("route").GetString()}".TrimStart('/');
        _route = new TemplateMatcher(TemplateParser.Parse(template), []);
    }

    public string Name { get; }

    public bool NeedsKey { get; }

    public static HttpFunction Read(string path, string routePrefix)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        JsonElement[] bindings = [.. json.RootElement.GetProperty("bindings").EnumerateArray()];
        Assert.Equal(
            ["httpTrigger in", "http out"],
            bindings.Select(static binding => $"{binding.GetProperty("type")} {binding.GetProperty("direction")}"));
        return new HttpFunction(Path.GetFileName(Path.GetDirectoryName(path)!), bindings[0], routePrefix);
    }

    public bool Matches(HttpRequest request)
        => _methods.Contains(request.Method, StringComparer.OrdinalIgnoreCase) && _route.TryMatch(request.Path, new RouteValueDictionary());
}
