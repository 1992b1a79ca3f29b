using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Quotas;

/// <summary>What counts as one client address: by quotas, and by rate limiters that want to count the same.</summary>
public static class ClientNetwork
{
    // What one customer of a provider has at least (RFC 6177): within it addresses are changed at will.
    private const int PrefixBytes = 8;

    /// <summary>Says from where a request came: an IPv4 address, or the /64 network of an IPv6 address.</summary>
    /// <remarks>
    /// It is the address of the connection. Behind a proxy that is the proxy's, unless the application takes the word of known proxies with
    /// <c>UseForwardedHeaders</c>; nothing that a client says is taken for its address.
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <returns>The address or network, or <see langword="null"/> for a connection without one, such as a Unix socket.</returns>
    public static IPNetwork? Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Connection.RemoteIpAddress is { } address ? Of(address) : null;
    }

    private static IPNetwork Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return new IPNetwork(address, 32);
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(PrefixBytes).Clear();
        return new IPNetwork(new IPAddress(bytes), PrefixBytes * 8);
    }
}
