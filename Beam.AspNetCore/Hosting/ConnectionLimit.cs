using Beam.Buffering;

namespace Beam.AspNetCore.Hosting;

/// <summary>
/// How many connections the process has descriptors for. A .NET process that runs out of them does not just refuse connections: it may die,
/// and all its transfers with it.
/// </summary>
internal static class ConnectionLimit
{
    // The other half: connections to nodes, and a quarter for what the relay has open on the disk.
    private const int DescriptorsPerConnection = 2;

    /// <summary>
    /// How many connections may be open at a time; <see langword="null"/> when the system sets no limit or does not tell it.
    /// </summary>
    public static long? MostConnections() => MostConnections(DescriptorLimit.FindUsable());

    /// <summary>How many connections may be open at a time with that many descriptors.</summary>
    public static long? MostConnections(long? descriptors)
        => descriptors is { } usable ? Math.Max(1, usable / DescriptorsPerConnection) : null;
}
