using System.Net;

namespace Beam.AspNetCore.ProxyProtocol;

/// <summary>What a proxy says of a connection in its first bytes.</summary>
/// <param name="IsProxied">Whether the proxy passes a client's connection on; otherwise the connection is the proxy's own.</param>
/// <param name="Client">Where the client's connection comes from; <see langword="null"/> when the proxy does not say.</param>
internal readonly record struct ProxyHeader(bool IsProxied, IPEndPoint? Client);
