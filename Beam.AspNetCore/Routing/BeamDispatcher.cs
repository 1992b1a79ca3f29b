using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Beam.AspNetCore;

/// <summary>
/// Answers a request with whichever of Beam's operations its path and method name, without the application's own routing: for hosts that hand over
/// an <see cref="HttpContext"/>, such as a gateway or a function. Get it from the container. Thread-safe.
/// </summary>
/// <remarks>It has exactly what <c>app.MapBeam()</c> maps. An application that routes by itself uses that.</remarks>
public sealed class BeamDispatcher
{
    private readonly RequestDelegate _pipeline;

    internal BeamDispatcher(IServiceProvider services)
    {
        // A pipeline of its own, so that the framework's matching serves here as it does behind MapBeam.
        var builder = new ApplicationBuilder(services);
        builder.UseRouting();
        builder.Use(static (HttpContext context, RequestDelegate _) => RunAsync(context));
        builder.UseEndpoints(static endpoints => endpoints.MapBeam().ExcludeFromDescription().WithMetadata(new SuppressLinkGenerationMetadata()));
        _pipeline = builder.Build();
    }

    /// <summary>Answers a request, if need be with 404.</summary>
    /// <param name="context">The request; its path, endpoint and route values are afterwards as they were.</param>
    /// <param name="prefix">Where Beam is mounted, such as <c>/beam</c>, which counts as the path base; empty when the whole path is Beam's.</param>
    /// <returns>A task that ends with the request: for a transfer, when its outcome is known.</returns>
    public async Task HandleAsync(HttpContext context, PathString prefix = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var request = context.Request;
        if (!request.Path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase, out var matched, out var rest))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var (pathBase, path, values, endpoint) = (request.PathBase, request.Path, request.RouteValues, context.GetEndpoint());
        context.Features.Set(new OuterEndpoint(endpoint));
        try
        {
            request.PathBase = pathBase + matched;
            request.Path = rest;

            // Routing leaves alone what has an endpoint, and keeps the values of a route that it does not find.
            context.SetEndpoint(endpoint: null);
            request.RouteValues = [];
            await _pipeline(context);
        }
        finally
        {
            (request.PathBase, request.Path, request.RouteValues) = (pathBase, path, values);
            context.SetEndpoint(endpoint);
            context.Features.Set<OuterEndpoint>(instance: null);
        }
    }

    /// <summary>Runs what routing has found. To whom it looks, the endpoint is the application's own, whose policies hold.</summary>
    private static Task RunAsync(HttpContext context)
    {
        var found = context.GetEndpoint();
        context.SetEndpoint(context.Features.Get<OuterEndpoint>()!.Endpoint);
        if (found?.RequestDelegate is { } handle)
        {
            return handle(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private sealed record OuterEndpoint(Endpoint? Endpoint);
}
