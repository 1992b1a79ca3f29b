using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Beam.Yarp.Nodes;

/// <summary>Sends a request to the node that its token names, and a request without a token to a node that takes new tokens.</summary>
internal sealed class NodeLoadBalancingPolicy(NodeChooser nodes) : ILoadBalancingPolicy
{
    public const string PolicyName = "Beam";

    public string Name => PolicyName;

    public DestinationState? PickDestination(
        HttpContext context,
        ClusterState cluster,
        IReadOnlyList<DestinationState> availableDestinations)
        => NodeChooser.Owner(context, cluster) ?? nodes.ForNewToken(availableDestinations);
}
