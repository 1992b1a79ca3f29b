using Beam.AspNetCore.ProxyProtocol;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Has Kestrel read the PROXY protocol.</summary>
public static class BeamProxyProtocolExtensions
{
    /// <summary>
    /// Reads the header of the PROXY protocol, version 1 or 2, from which a server behind a TCP proxy learns the addresses of its clients.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Call it before <c>UseHttps</c>: the header comes before TLS. All connections that are not the proxy's own then have the client's
    /// address, for quotas, rate limits and logs, and no download over them is ever <c>confirmed</c> by how the connection ends. It is the
    /// proxy's system that acknowledges the bytes, whether the client gets them or not.
    /// </para>
    /// <para>A connection without a valid header of at most 4 KiB is refused. HTTP/3, which is no TCP, is not concerned.</para>
    /// </remarks>
    /// <param name="listen">The endpoint.</param>
    /// <param name="configure">Says which proxies there are; by default those on this machine.</param>
    /// <returns><paramref name="listen"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="ProxyProtocolOptions.HeaderTimeout"/> is out of its range.</exception>
    public static ListenOptions UseBeamProxyProtocol(this ListenOptions listen, Action<ProxyProtocolOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(listen);
        var options = new ProxyProtocolOptions();
        configure?.Invoke(options);
        if (options.HeaderTimeout < TimeSpan.FromMilliseconds(100) || options.HeaderTimeout > TimeSpan.FromMinutes(1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(configure),
                options.HeaderTimeout,
                "The header may take between 100 milliseconds and 1 minute.");
        }

        var services = listen.ApplicationServices;
        var timeProvider = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var refused = new RefusedConnections(
            timeProvider,
            services.GetRequiredService<ILoggerFactory>().CreateLogger<RefusedConnections>());
        listen.Use(next => new ProxyProtocolMiddleware(next, options, timeProvider, refused).OnConnectionAsync);
        return listen;
    }
}
