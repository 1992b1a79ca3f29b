using Yarp.ReverseProxy.Configuration;

namespace Beam.Yarp.Routes;

/// <summary>Gives the routes that Beam serves a cluster, which YARP wants for every route.</summary>
internal sealed class BeamConfigFilter : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel) => new(cluster);

    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel)
        => new(route.ClusterId is null && BeamTransformFactory.IsBeam(route) ? route with { ClusterId = BeamCluster.Id } : route);
}
