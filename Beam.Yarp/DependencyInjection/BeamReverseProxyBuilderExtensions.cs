using Beam;
using Beam.AspNetCore;
using Beam.Yarp.Nodes;
using Beam.Yarp.Routes;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Configuration.RouteValidators;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Beam to a YARP gateway.</summary>
public static class BeamReverseProxyBuilderExtensions
{
    /// <summary>Lets routes of the gateway be served by a relay in its process, and clusters of it be Beam nodes.</summary>
    /// <remarks>
    /// <para>
    /// The relay answers a route with <c>"Transforms": [{ "Beam": "/drop" }]</c>. Such a route needs no cluster. Its policies
    /// (authorization, CORS, rate limits) act before.
    /// </para>
    /// <para>
    /// A route with <c>"Metadata": { "BeamMintPolicy": "signed-in" }</c> asks for that authorization policy wherever a request would mint,
    /// and for nothing where a token is enough. So do all routes of Beam's when <see cref="BeamHttpOptions.MintPolicy"/> is set.
    /// </para>
    /// <para>
    /// A cluster with <c>"Metadata": { "Beam": "true" }</c> consists of Beam nodes, each destination named after its
    /// <see cref="BeamOptions.NodeId"/>. A request goes to the node that its token names. A request without a token goes to any node that
    /// is alive and has no metadata <c>"BeamDrain": "true"</c>.
    /// </para>
    /// <para>
    /// Beam sets what the configuration leaves open to what nodes need: load balancing, HTTP/1.1, time and size limits. The cluster's
    /// activity timeout then follows the longer of <see cref="BeamOptions.WaitTimeout"/> and <see cref="BeamOptions.StallTimeout"/>: give
    /// both the nodes' values.
    /// </para>
    /// <para>
    /// What YARP logs at Warning and above of requests, and what Kestrel logs of HTTP/2 connections, is limited for the whole application
    /// to one entry a minute of each kind (<c>LimitLogEntries</c>): clients cause such entries at will. The first of a kind is written in
    /// full.
    /// What YARP logs of nodes and their health is not limited.
    /// </para>
    /// <para>If you call <c>ConfigureHttpClient</c>, do so before this. The nodes then never say more than <c>sent</c>.</para>
    /// </remarks>
    /// <param name="builder">What <c>services.AddReverseProxy()</c> has returned.</param>
    /// <param name="configure">Sets options of the relay; they are checked when the host starts.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IReverseProxyBuilder AddBeam(this IReverseProxyBuilder builder, Action<BeamOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddBeam(configure).LimitLogsOfStrangers();
        if (services.Any(static service => service.ServiceType == typeof(BeamTransformFactory)))
        {
            return builder;
        }

        services.AddRouting();
        services.AddSingleton<BeamTransformFactory>();
        services.AddSingleton<ITransformFactory>(static provider => provider.GetRequiredService<BeamTransformFactory>());
        services.AddSingleton<IProxyConfigProvider>(new InMemoryConfigProvider([], [BeamCluster.Config]));
        builder.AddConfigFilter<BeamConfigFilter>();
        services.AddSingleton<IRouteValidator, RouteMintPolicy>();

        services.AddSingleton<NodeChooser>();
        services.AddSingleton<ILoadBalancingPolicy, NodeLoadBalancingPolicy>();
        builder.AddConfigFilter<NodeConfigFilter>();
        builder.AddTransforms<NodeTransformProvider>();
        WatchDeliveries(services);
        return builder;
    }

    /// <summary>
    /// Puts clients in place that keep a node's word true, unless the application makes its own: then nodes never say more than "sent".
    /// </summary>
    private static void WatchDeliveries(IServiceCollection services)
    {
        var factory = services.Last(static service => service.ServiceType == typeof(IForwarderHttpClientFactory));
        if (factory.ImplementationType == typeof(ForwarderHttpClientFactory))
        {
            services.Replace(ServiceDescriptor.Singleton<IForwarderHttpClientFactory, NodeHttpClientFactory>());
        }
    }
}
