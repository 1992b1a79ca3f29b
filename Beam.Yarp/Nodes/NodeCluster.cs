using Beam.Yarp.Routes;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace Beam.Yarp.Nodes;

/// <summary>
/// A cluster whose destinations are Beam nodes: <c>"Metadata": { "Beam": "true" }</c>, each destination named after its node.
/// </summary>
internal static class NodeCluster
{
    public const string Key = "Beam";

    // No colon in it: the configuration would take it for a section.
    private const string DrainKey = "BeamDrain";

    public static bool IsBeam(IReadOnlyDictionary<string, string>? metadata) => IsTrue(metadata, Key);

    /// <summary>Says whether the node keeps its tokens and gets no new ones.</summary>
    public static bool IsDraining(DestinationState destination) => IsTrue(destination.Model.Config.Metadata, DrainKey);

    /// <summary>What is wrong with the cluster, if it says that it consists of nodes.</summary>
    public static IEnumerable<string> Mistakes(ClusterConfig cluster)
    {
        if (cluster.Metadata?.GetValueOrDefault(Key) is { } value && !bool.TryParse(value, out _))
        {
            yield return $"Its metadata '{Key}' is '{value}'; it must be true or false.";
        }

        if (!IsBeam(cluster.Metadata))
        {
            yield break;
        }

        if (cluster.HealthCheck?.Passive?.Enabled == true)
        {
            yield return "Passive health checks take every sender or receiver that breaks off for a failure of its node; use active ones.";
        }

        if (cluster.Metadata?.ContainsKey(RouteMintPolicy.Key) == true)
        {
            yield return $"The metadata '{RouteMintPolicy.Key}' does nothing on a cluster; put it on each route that leads there.";
        }

        foreach (var (id, destination) in cluster.Destinations ?? new Dictionary<string, DestinationConfig>())
        {
            if (!Tokens.NodeToken.IsNodeId(id))
            {
                yield return $"Its destination '{id}' has no name that a node can have (BeamOptions.NodeId): "
                    + "lower-case letters, digits and hyphens.";
            }

            if (destination.Metadata?.GetValueOrDefault(DrainKey) is { } drain && !bool.TryParse(drain, out _))
            {
                yield return $"The metadata '{DrainKey}' of its destination '{id}' is '{drain}'; it must be true or false.";
            }
        }
    }

    private static bool IsTrue(IReadOnlyDictionary<string, string>? metadata, string key)
        => metadata?.GetValueOrDefault(key) is { } value && bool.TryParse(value, out var isTrue) && isTrue;
}
