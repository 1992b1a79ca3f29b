using System.Runtime.CompilerServices;
using Beam.Tokens;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Model;

namespace Beam.Yarp.Nodes;

/// <summary>Finds the node that a request belongs to, or a node for a new token.</summary>
internal sealed class NodeChooser(TimeProvider timeProvider)
{
    // Long enough that few requests meet a dead node, short enough that a node that is back gets work soon.
    private static readonly TimeSpan AvoidanceTime = TimeSpan.FromSeconds(10);

    private readonly ConditionalWeakTable<DestinationState, StrongBox<long>> _unreachable = [];

    /// <summary>The node that a token in the path names, alive or not: nobody else has the token.</summary>
    public static DestinationState? Owner(HttpContext context, ClusterState cluster)
    {
        var path = context.Request.Path.Value.AsSpan();
        foreach (var range in path.Split('/'))
        {
            if (NodeToken.TryGetNodeId(path[range], out var id) && cluster.Destinations.TryGetValue(id.ToString(), out var node))
            {
                return node;
            }
        }

        return null;
    }

    /// <summary>A node that is neither draining nor known to be dead: the less busy of two.</summary>
    /// <returns><see langword="null"/> when all are draining.</returns>
    public DestinationState? ForNewToken(IReadOnlyList<DestinationState> available)
    {
        var open = available.Where(static node => !NodeCluster.IsDraining(node)).ToList();
        var reachable = open.FindAll(IsReachable);
        var nodes = reachable.Count > 0 ? reachable : open;
        if (nodes.Count == 0)
        {
            return null;
        }

        var (one, other) = (nodes[Random.Shared.Next(nodes.Count)], nodes[Random.Shared.Next(nodes.Count)]);
        return one.ConcurrentRequestCount <= other.ConcurrentRequestCount ? one : other;
    }

    /// <summary>
    /// Remembers that no connection to a node could be made, or that it does not answer, so that new tokens go elsewhere for a while.
    /// </summary>
    public void NoteUnreachable(DestinationState node) => _unreachable.AddOrUpdate(node, new StrongBox<long>(timeProvider.GetTimestamp()));

    private bool IsReachable(DestinationState node)
        => !_unreachable.TryGetValue(node, out var since) || timeProvider.GetElapsedTime(since.Value) > AvoidanceTime;
}
