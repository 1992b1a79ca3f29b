using System.Net;
using System.Net.Sockets;
using Beam.AspNetCore.ProxyProtocol;
using Beam.AspNetCore.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Quotas;

/// <summary>What counts as one client address, for quotas and for rate limiters that want to count in the same way.</summary>
public static class ClientNetwork
{
    // Where a translator puts the whole of IPv4 into one network (RFC 6052, section 2.1).
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    // Where the application has not called AddBeam.
    private static readonly BeamQuotaOptions Default = new();

    /// <summary>Says where a request came from: an IPv4 address, or the network of an IPv6 address.</summary>
    /// <remarks>
    /// It is the address of the connection. Behind a proxy it is the proxy's address, unless the application trusts known proxies with
    /// <c>UseForwardedHeaders</c>. Beam takes no client's own word for its address.
    /// <see cref="BeamQuotaOptions.Ipv6PrefixLength"/> says how large the networks are. An IPv4 address that a translator has put into
    /// <c>64:ff9b::/96</c> (RFC 6052) is that IPv4 address.
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <returns>The address or network, or <see langword="null"/> for a connection without one, such as a Unix socket.</returns>
    public static IPNetwork? Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Connection.RemoteIpAddress is { } address ? Of(address, context) : null;
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

    private static IPNetwork Of(IPAddress address, HttpContext context)
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
        if (Translated.Contains(address))
        {
            return new IPNetwork(new IPAddress(bytes.AsSpan(12)), 32);
        }

        var options = context.RequestServices?.GetService<IOptions<BeamQuotaOptions>>()?.Value ?? Default;
        var length = options.Ipv6PrefixLength;
        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(bytes), length);
    }
}
