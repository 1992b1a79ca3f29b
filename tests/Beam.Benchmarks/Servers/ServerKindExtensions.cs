namespace Beam.Benchmarks.Servers;

/// <summary>What the tables call the servers.</summary>
internal static class ServerKindExtensions
{
    public static string Describe(this ServerKind kind) => kind switch
    {
        ServerKind.Beam => "Beam",
        ServerKind.Gateway => "YARP",
        ServerKind.Copy => "socket copy",
        ServerKind.Kestrel => "Kestrel, reader to writer",
        ServerKind.Pipe => "Kestrel, naive Pipe",
        _ => "Kestrel, echo",
    };
}
