using System.Net;
using System.Net.Sockets;
using Beam.AspNetCore.ProxyProtocol;
using Beam.AspNetCore.Requests;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Quotas;

/// <summary>What counts as one client address, for quotas and for rate limiters that want to count in the same way.</summary>
public static class ClientNetwork
{
    // A provider's customer has at least such a network (RFC 6177), and can change addresses within it at will.
    private const int PrefixBytes = 8;

    /// <summary>Says where a request came from: an IPv4 address, or the /64 network of an IPv6 address.</summary>
    /// <remarks>
    /// It is the address of the connection. Behind a proxy it is the proxy's address, unless the application trusts known proxies with
    /// <c>UseForwardedHeaders</c>. Beam takes no client's own word for its address.
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <returns>The address or network, or <see langword="null"/> for a connection without one, such as a Unix socket.</returns>
    public static IPNetwork? Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Connection.RemoteIpAddress is { } address ? Of(address) : null;
    }

    /// <summary>
    /// Says whether a request comes directly from this machine: over a loopback address or a Unix socket, and without any header that
    /// proxies add, the PROXY protocol's included.
    /// </summary>
    /// <remarks>A tunnel that adds nothing to requests, such as <c>ssh -L</c>, makes its clients local.</remarks>
    /// <param name="context">The request.</param>
    /// <returns>Whether it does.</returns>
    public static bool IsLocal(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address)
            ? !IsThroughProxy(context)
            : false;
    }

    /// <summary>Names the address or network of a request, or the one place where all come from that a proxy hides.</summary>
    /// <returns><see langword="null"/> for a direct connection without an address.</returns>
    internal static string? KeyOf(HttpContext context)
        => Of(context)?.ToString() ?? (IsThroughProxy(context) ? "unknown" : null);

    private static bool IsThroughProxy(HttpContext context)
        => ProxyTraces.AreOn(context.Request) || context.Features.Get<ProxiedConnection>() is not null;

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
