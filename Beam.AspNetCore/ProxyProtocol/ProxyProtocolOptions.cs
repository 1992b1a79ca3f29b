using System.Net;

namespace Beam.AspNetCore.ProxyProtocol;

/// <summary>From whom an endpoint of the server takes the header of the PROXY protocol.</summary>
public sealed class ProxyProtocolOptions
{
    /// <summary>Gets the addresses of proxies, which have to begin each connection with the header.</summary>
    /// <value>
    /// Empty by default. As long as it and <see cref="KnownNetworks"/> are empty, the proxies are those on this machine, with loopback
    /// addresses. A peer on a Unix domain socket counts as a known proxy in any case.
    /// </value>
    public IList<IPAddress> KnownProxies { get; } = [];

    /// <summary>Gets the networks of proxies, in the same way.</summary>
    /// <value>Empty by default.</value>
    public IList<IPNetwork> KnownNetworks { get; } = [];

    /// <summary>
    /// Gets or sets a value indicating whether a connection from elsewhere is one of a client that reaches the server directly.
    /// </summary>
    /// <value>
    /// The default is <see langword="false"/>: such a connection is refused. With <see langword="true"/> it is taken as it is. No header is
    /// read from it, so nobody but a known proxy can name another address than its own.
    /// </value>
    public bool TakesDirectConnections { get; set; }

    /// <summary>Gets or sets how long a proxy may take to send the header, counted from when the connection is accepted.</summary>
    /// <value>The default is 5 seconds. The range is 100 milliseconds to 1 minute.</value>
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
