using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Beam.Functions.Hosting;

/// <summary>
/// The names of the function app. The Functions host passes on as <c>X-Forwarded-Host</c> what the client has written, and links must not
/// lead to a name of the client's choice.
/// </summary>
internal sealed class KnownHosts
{
    // What the platform, the base images and the Core Tools call the app.
    private readonly string? _own;

    private readonly StringSegment[] _allowed;

    public KnownHosts(IConfiguration configuration)
    {
        _own = configuration["WEBSITE_HOSTNAME"] is { Length: > 0 } own ? own : null;
        var allowed = Names(configuration["AllowedHosts"]);

        // A setting that allows any host says nothing of what the app is called.
        string[] named = _own is null ? allowed : Array.FindAll(allowed, static name => !IsAny(name));
        _allowed = [.. (named.Length > 0 ? named : Names(_own)).Select(static name => new StringSegment(IsAny(name) ? "*" : name))];
    }

    /// <summary>Decides what the host of a request is.</summary>
    /// <param name="forwarded">What the Functions host has passed on.</param>
    /// <returns>That, if it is a name of the app; the app's own name if not; <see langword="null"/> when no name is known.</returns>
    public string? Find(string forwarded) => IsKnown(forwarded) ? forwarded : _own;

    private static string[] Names(string? setting)
        => [
            .. (setting ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(static name => new HostString(name).Host),
        ];

    /// <summary>As the framework has it.</summary>
    private static bool IsAny(string name) => name is "*" or "0.0.0.0" or "[::]";

    private bool IsKnown(string forwarded)
    {
        var host = new HostString(forwarded).Host;
        if (_allowed.Length > 0)
        {
            return HostString.MatchesAny(host, _allowed);
        }

        // Nothing says what the app is called, so it runs where somebody tries it out.
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }
}
