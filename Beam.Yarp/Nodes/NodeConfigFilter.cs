using System.Net;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace Beam.Yarp.Nodes;

/// <summary>Fills in what the configuration leaves open and a cluster of Beam nodes, or a route to it, needs.</summary>
internal sealed class NodeConfigFilter(IOptions<BeamOptions> options) : IProxyConfigFilter
{
    // No limit, in YARP's words.
    private const long NoLimit = -1;

    // The node gives up first, and says why.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    public static TimeSpan ActivityTimeout(BeamOptions options)
        => (options.WaitTimeout > options.StallTimeout ? options.WaitTimeout : options.StallTimeout) + Margin;

    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel)
    {
        if (!NodeCluster.IsBeam(cluster.Metadata))
        {
            return new(cluster);
        }

        var request = cluster.HttpRequest ?? new ForwarderRequestConfig();
        return new(cluster with
        {
            LoadBalancingPolicy = cluster.LoadBalancingPolicy ?? NodeLoadBalancingPolicy.PolicyName,
            HttpRequest = request with
            {
                ActivityTimeout = request.ActivityTimeout ?? ActivityTimeout(options.Value),

                // On a shared HTTP/2 connection, a few receivers that take nothing use up the window of all others.
                Version = request.Version ?? HttpVersion.Version11,
                VersionPolicy = request.VersionPolicy ?? HttpVersionPolicy.RequestVersionExact,
            },
        });
    }

    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel)
        => new(NodeCluster.IsBeam(cluster?.Metadata) ? route with { MaxRequestBodySize = route.MaxRequestBodySize ?? NoLimit } : route);
}
