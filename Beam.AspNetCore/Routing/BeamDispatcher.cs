using Beam.AspNetCore.Minting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Beam.AspNetCore;

/// <summary>
/// Answers a request with the operation of Beam that its path and method name, without the application's own routing. It is for hosts that
/// hand over an <see cref="HttpContext"/>, such as a gateway or a function. Get it from the container. Thread-safe.
/// </summary>
/// <remarks>It has exactly what <c>app.MapBeam()</c> maps. An application that has its own routing uses <c>MapBeam</c> instead.</remarks>
public sealed class BeamDispatcher
{
    private readonly RequestDelegate _pipeline;

    internal BeamDispatcher(IServiceProvider services)
    {
        // A pipeline of its own, so that the framework's matching works here as it does for MapBeam.
        var builder = new ApplicationBuilder(services);
        builder.UseRouting();
        builder.Use(static (HttpContext context, RequestDelegate _) => RunAsync(context));
        builder.UseEndpoints(static endpoints => endpoints
            .MapBeam()
            .ExcludeFromDescription()
            .WithMetadata(new SuppressLinkGenerationMetadata()));
        _pipeline = builder.Build();
    }

    /// <summary>Answers a request, if necessary with 404.</summary>
    /// <param name="context">The request. Afterwards, its path, endpoint and route values are as they were before.</param>
    /// <param name="prefix">
    /// Where Beam is mounted, such as <c>/beam</c>, which counts as the path base; empty when the whole path is Beam's.
    /// </param>
    /// <returns>A task that ends with the request: for a transfer, when its outcome is known.</returns>
    public Task HandleAsync(HttpContext context, PathString prefix = default) => HandleAsync(context, prefix, mintPolicy: null);

    /// <inheritdoc cref="HandleAsync(HttpContext, PathString)"/>
    /// <param name="context">The request. Afterwards, its path, endpoint and route values are as they were before.</param>
    /// <param name="prefix">
    /// Where Beam is mounted, such as <c>/beam</c>, which counts as the path base; empty when the whole path is Beam's.
    /// </param>
    /// <param name="mintPolicy">
    /// The authorization policy for minting, which <see cref="MintGate"/> explains; <see langword="null"/> for
    /// <see cref="BeamHttpOptions.MintPolicy"/>.
    /// </param>
    public async Task HandleAsync(HttpContext context, PathString prefix, string? mintPolicy)
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
        context.Features.Set(mintPolicy is null ? null : new RouteMintPolicy(mintPolicy));
        try
        {
            request.PathBase = pathBase + matched;
            request.Path = rest;

            // Routing does not touch a request that has an endpoint, and keeps old route values when it finds no route.
            context.SetEndpoint(endpoint: null);
            request.RouteValues = [];
            await _pipeline(context);
        }
        finally
        {
            (request.PathBase, request.Path, request.RouteValues) = (pathBase, path, values);
            context.SetEndpoint(endpoint);
            context.Features.Set<OuterEndpoint>(instance: null);
            context.Features.Set<RouteMintPolicy>(instance: null);
        }
    }

    /// <summary>
    /// Runs what routing has found. The request's endpoint stays the application's own, and the policies of that endpoint apply.
    /// </summary>
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
