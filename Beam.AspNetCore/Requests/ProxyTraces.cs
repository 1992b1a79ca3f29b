using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Requests;

/// <summary>What proxies add to requests, and what the framework makes of it.</summary>
internal static class ProxyTraces
{
    // The options tell of a proxy that adds nothing: docs/delivery.md.
    private static readonly string[] Names =
    [
        "Via", "Forwarded", "X-Forwarded-For", "X-Original-For", "X-Forwarded-Proto", "X-Original-Proto", "X-Real-IP",
    ];

    public static bool AreOn(HttpRequest request) => Array.Exists(Names, request.Headers.ContainsKey);
}
