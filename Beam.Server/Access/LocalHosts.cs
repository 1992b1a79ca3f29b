using System.Net;
using Beam.AspNetCore;
using Beam.Server.Settings;
using Microsoft.Extensions.Options;

namespace Beam.Server.Access;

/// <summary>
/// Answers only to names of this machine, where only this machine is meant to mint. A page on the internet may have its own name lead to
/// 127.0.0.1 (DNS rebinding). To the browser, and to checks of a request's origin, the page and the server would then be one site.
/// </summary>
internal sealed class LocalHosts(IOptions<BeamHttpOptions> options) : IMiddleware
{
    private const string Line
        = "This server answers to localhost only; for other names set AllowedHosts or Beam:PublicBaseUrl, or an access key.\n";

    /// <summary>
    /// Says whether the check is needed. Where the settings name hosts, ASP.NET Core checks them (<c>AllowedHosts</c>). Where they name a
    /// key, a proxy before the server, or everybody, a page gains nothing by another name.
    /// </summary>
    public static bool AreNeeded(IConfiguration configuration, ServerSettings settings, KnownProxies proxies)
        => settings is { AccessKey: null, AllowAnonymous: false } && !proxies.AreAny && string.IsNullOrEmpty(configuration["AllowedHosts"]);

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // No page can make a browser connect to a Unix domain socket or a named pipe.
        if (context.Connection.LocalIpAddress is null || IsLocal(Name(context.Request)))
        {
            return next(context);
        }

        RefusedBody.LetCome(context);
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(Line, context.RequestAborted);
    }

    /// <summary>
    /// The name as it came. <see cref="HttpRequest.Host"/> decodes international names, and throws for what only looks like such a name.
    /// </summary>
    private static string Name(HttpRequest request) => new HostString(request.Headers.Host.ToString()).Host;

    private bool IsLocal(string host)
        => host.Length == 0
            || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address))
            || host.Equals(options.Value.PublicBaseUrl?.IdnHost, StringComparison.OrdinalIgnoreCase);
}
