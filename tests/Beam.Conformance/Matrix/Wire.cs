namespace Beam.Conformance;

/// <summary>The protocol that one side speaks.</summary>
public enum Wire
{
    /// <summary>HTTP/1.1.</summary>
    Http1,

    /// <summary>HTTP/2 without TLS.</summary>
    Http2,
}
