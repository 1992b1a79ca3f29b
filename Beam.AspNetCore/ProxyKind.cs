namespace Beam.AspNetCore;

/// <summary>What stands between the clients and this server, as far as <see cref="BeamHttpOptions.BehindProxy"/> is to tell.</summary>
public enum ProxyKind
{
    /// <summary>
    /// Nothing that hides: clients reach this server directly, or through HTTP proxies that show in requests (<c>X-Forwarded-For</c>,
    /// <c>Forwarded</c>, <c>Via</c>, <c>X-Real-IP</c>).
    /// </summary>
    None,

    /// <summary>An HTTP proxy, whether it shows in requests or not.</summary>
    Http,

    /// <summary>
    /// A proxy that passes TCP connections on and does not look into them, such as haproxy in the mode <c>tcp</c>, nginx's <c>stream</c>, a
    /// balancer that ends TLS, or <c>ssh -L</c>.
    /// </summary>
    Tcp,
}
