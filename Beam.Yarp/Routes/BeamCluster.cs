using Yarp.ReverseProxy.Configuration;

namespace Beam.Yarp.Routes;

/// <summary>
/// The cluster of routes that Beam serves itself. YARP runs the transforms of a route only when there is a destination to proxy to. It
/// never connects to this destination.
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
