using Beam.AspNetCore;
using Beam.Yarp.Routes;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms.Builder;

// Where YARP has its own extensions of these types.
namespace Yarp.ReverseProxy.Transforms;

/// <summary>Has routes served by Beam, from code.</summary>
public static class BeamTransformExtensions
{
    /// <summary>Has the relay in this process answer the route's requests; none is proxied.</summary>
    /// <remarks>In a configuration file it is <c>"Transforms": [{ "Beam": "/drop" }]</c>. The route needs no cluster.</remarks>
    /// <param name="route">A route whose path lies under <paramref name="prefix"/>, such as <c>/drop/{**rest}</c>.</param>
    /// <param name="prefix">The path that Beam is mounted at, such as <c>/drop</c>; <c>/</c> is the root.</param>
    /// <returns>The route with the transform. Mistakes are reported when the configuration is loaded.</returns>
    public static RouteConfig WithTransformBeam(this RouteConfig route, string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return route.WithTransform(transform => transform[BeamTransformFactory.Key] = prefix);
    }

    /// <summary>
    /// Guards every way to mint on a route: alone, with a first file, and from another token. It holds for a route that the relay in this
    /// process serves, and for one that leads to Beam nodes. What a token allows stays open.
    /// </summary>
    /// <remarks>
    /// In a configuration file it is <c>"Metadata": { "BeamMintPolicy": "signed-in" }</c>. It counts before
    /// <see cref="BeamHttpOptions.MintPolicy"/>. The route's own <c>AuthorizationPolicy</c> guards everything, also sending and receiving.
    /// </remarks>
    /// <param name="route">The route.</param>
    /// <param name="policy">
    /// The name of an authorization policy; <c>Default</c> is the application's default policy, <c>Anonymous</c> is none.
    /// </param>
    /// <returns>The route with the metadata. Mistakes are reported when the configuration is loaded.</returns>
    public static RouteConfig WithBeamMintPolicy(this RouteConfig route, string policy)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(policy);
        var metadata = route.Metadata?.ToDictionary(StringComparer.OrdinalIgnoreCase) ?? new(StringComparer.OrdinalIgnoreCase);
        metadata[RouteMintPolicy.Key] = policy;
        return route with { Metadata = metadata };
    }

    /// <summary>Has the relay in this process answer the requests of the route that is being built; none is proxied.</summary>
    /// <remarks>
    /// For <c>AddTransforms</c>, which may find a route by its metadata, for instance. At this point the route must have a cluster with a
    /// destination, or YARP runs no transforms. The cluster's name can be <c>$beam</c>, which Beam brings along.
    /// </remarks>
    /// <param name="context">The route's transforms.</param>
    /// <param name="prefix">The path that Beam is mounted at, such as <c>/drop</c>; <c>/</c> is the root.</param>
    /// <returns><paramref name="context"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="prefix"/> is no such path.</exception>
    /// <exception cref="InvalidOperationException">The services are missing: call <c>AddReverseProxy().AddBeam()</c>.</exception>
    public static TransformBuilderContext AddBeam(this TransformBuilderContext context, string prefix)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(prefix);
        if (!RouteCheck.IsPrefix(prefix))
        {
            throw new ArgumentException(RouteCheck.PrefixRule(prefix), nameof(prefix));
        }

        var factory = context.Services.GetService<BeamTransformFactory>()
            ?? throw new InvalidOperationException("Beam's services are missing. Call AddReverseProxy().AddBeam().");
        factory.Add(context, prefix);
        return context;
    }
}
