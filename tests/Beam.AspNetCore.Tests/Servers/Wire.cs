namespace Beam.AspNetCore.Tests.Servers;

/// <summary>The protocols a test server speaks, each on a port of its own except that TLS carries two.</summary>
public enum Wire
{
    /// <summary>HTTP/1.1 without TLS.</summary>
    Http1,

    /// <summary>HTTP/2 without TLS, with prior knowledge.</summary>
    H2c,

    /// <summary>HTTP/1.1 over TLS.</summary>
    TlsHttp1,

    /// <summary>HTTP/2 over TLS.</summary>
    TlsHttp2,
}
