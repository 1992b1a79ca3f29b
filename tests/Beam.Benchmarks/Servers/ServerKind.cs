namespace Beam.Benchmarks.Servers;

/// <summary>What a server process runs. All but <see cref="Echo"/> speak the same HTTP to the same clients.</summary>
internal enum ServerKind
{
    /// <summary>Beam on Kestrel.</summary>
    Beam,

    /// <summary>Two blocking sockets, a thread, and 256 KiB that are received and sent: the limit to compare with.</summary>
    Copy,

    /// <summary>Kestrel, and the receiver's response written straight from the sender's request body.</summary>
    Kestrel,

    /// <summary>Kestrel, and a <see cref="System.IO.Pipelines.Pipe"/> between the two, as one would write it first.</summary>
    Pipe,

    /// <summary>YARP with Beam.Yarp before one node, which the setting <c>Node</c> names.</summary>
    Gateway,

    /// <summary>Kestrel, answering each request with its own body: what one request costs.</summary>
    Echo,
}
