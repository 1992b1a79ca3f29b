using Beam.Server.Settings;
using Microsoft.AspNetCore.HttpOverrides;

namespace Beam.Server.Hosting;

/// <summary>Takes the client's address and scheme from the proxies that the settings name, and from nobody else.</summary>
internal static class ProxyHeaders
{
    public static ForwardedHeadersOptions From(KnownProxies proxies)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,

            // As many proxies as there are; the first unknown proxy ends the chain.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var address in proxies.Addresses)
        {
            options.KnownProxies.Add(address);
        }

        foreach (var network in proxies.Networks)
        {
            options.KnownIPNetworks.Add(network);
        }

        return options;
    }
}
