using System.Net;

namespace Beam.AspNetCore.ProxyProtocol;

/// <summary>Says which peers are proxies that the application knows.</summary>
internal sealed class KnownPeers(ProxyProtocolOptions options)
{
    private readonly IPAddress[] _addresses = [.. options.KnownProxies.Select(Plain)];
    private readonly IPNetwork[] _networks = [.. options.KnownNetworks];

    public bool Include(EndPoint? peer)
    {
        if (peer is not IPEndPoint { Address: var given })
        {
            // A Unix domain socket: a program that can open it is on this machine.
            return true;
        }

        var address = Plain(given);
        return _addresses.Length + _networks.Length == 0
            ? IPAddress.IsLoopback(address)
            : _addresses.Contains(address) || Array.Exists(_networks, network => network.Contains(address));
    }

    // A socket for both families shows IPv4 addresses within IPv6 ones.
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
