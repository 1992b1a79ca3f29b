namespace Beam.AspNetCore.ProxyProtocol;

/// <summary>
/// The feature of a connection that a TCP proxy has made for a client of its own. It is the proxy's system that acknowledges bytes there,
/// and the proxy that ends the connection.
/// </summary>
internal sealed class ProxiedConnection;
