using Yarp.ReverseProxy.Configuration;

namespace Beam.Yarp.Routes;

/// <summary>
/// The cluster of routes that Beam serves itself. YARP runs the transforms of a route only when there is a destination to proxy to; this one is never
/// connected to.
/// </summary>
internal static class BeamCluster
{
    public const string Id = "$beam";

    // A name that never resolves (RFC 2606).
    private const string Nowhere = "http://beam.invalid/";

    public static ClusterConfig Config { get; } = new()
    {
        ClusterId = Id,
        Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal) { ["nowhere"] = new() { Address = Nowhere } },
    };
}
