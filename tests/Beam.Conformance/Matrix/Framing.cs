namespace Beam.Conformance;

/// <summary>How a body says where it ends.</summary>
public enum Framing
{
    /// <summary>A Content-Length.</summary>
    Length,

    /// <summary>Chunks, or an unannounced end on HTTP/2.</summary>
    Chunked,
}
