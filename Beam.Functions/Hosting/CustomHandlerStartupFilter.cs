using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Beam.Functions.Hosting;

/// <summary>Does what the Functions host needs, before the application sees a request.</summary>
internal sealed class CustomHandlerStartupFilter(FunctionsHostSettings settings, KnownHosts hosts, RequestDeadline deadline)
    : IStartupFilter
{
    private const string ForwardedHost = "X-Forwarded-Host";
    private const string ForwardedProto = "X-Forwarded-Proto";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(AnswerProbeAsync);
        app.Use((HttpContext context, RequestDelegate rest) => deadline.RunAsync(context, rest));
        app.Use((HttpContext context, RequestDelegate rest) => KeepToWhatIsKnown(context, rest));
        app.UseForwardedHeaders();
        if (settings.RoutePrefix.HasValue)
        {
            app.UsePathBase(settings.RoutePrefix);
        }

        next(app);
    };

    /// <summary>Drops what the client may have written, and nobody has checked: other schemes than two, and names of other hosts.</summary>
    private Task KeepToWhatIsKnown(HttpContext context, RequestDelegate next)
    {
        var headers = context.Request.Headers;
        if (headers[ForwardedProto].ToString() is not ("" or "http" or "https"))
        {
            headers.Remove(ForwardedProto);
        }

        if (headers[ForwardedHost].ToString() is { Length: > 0 } host)
        {
            headers[ForwardedHost] = hosts.Find(host);
        }

        return next(context);
    }

    /// <summary>
    /// Until the host gets some answer to <c>GET /</c>, it counts the program as not started. It asks in its own name; requests that it
    /// passes on carry the id of an invocation.
    /// </summary>
    private static Task AnswerProbeAsync(HttpContext context, RequestDelegate next)
        => context.Request.Path == "/" && !context.Request.Headers.ContainsKey("X-Azure-Functions-InvocationId")
            ? Task.CompletedTask
            : next(context);
}
