using Beam.AspNetCore;
using Beam.Server.Settings;

namespace Beam.Server.Hosting;

/// <summary>Takes the clients' addresses from TCP proxies that speak the PROXY protocol, if the settings say that they do.</summary>
internal static class ProxyProtocolHeaders
{
    /// <remarks>
    /// Only known proxies may connect then. With <c>Beam:BehindProxy=none</c> others may, too: they are clients that come directly.
    /// </remarks>
    public static void ReadProxyProtocol(this IWebHostBuilder webHost, BeamSection section)
    {
        if (!section.Server.ProxyProtocol)
        {
            return;
        }

        // The application is ours, so nothing else sets these defaults.
        webHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.UseBeamProxyProtocol(options =>
        {
            options.TakesDirectConnections = section.BehindProxy == ProxyKind.None;
            foreach (var address in section.KnownProxies.Addresses)
            {
                options.KnownProxies.Add(address);
            }

            foreach (var network in section.KnownProxies.Networks)
            {
                options.KnownNetworks.Add(network);
            }
        })));
    }
}
