using Beam.AspNetCore.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Sets Kestrel up for a relay.</summary>
public static class BeamWebHostBuilderExtensions
{
    // One block of the pool exceeds it, so that a connection holds one at a time, of whatever size blocks are then.
    private const int ReadAheadBytes = 8 * 1024;
    private const int RequestBufferBytes = 64 * 1024;

    /// <summary>Sets Kestrel's own buffers to what suits a relay. Beam works without it, with more CPU and memory.</summary>
    /// <remarks>
    /// <para>It holds for the whole server, the host's other endpoints included:</para>
    /// <list type="bullet">
    /// <item>Connections use blocks of 128 KiB instead of 4 KiB: about half the CPU for a large transfer, and up to 128 KiB in each direction for
    /// a connection that moves bytes. An idle one holds none. From 4 MiB of blocks in use on, further ones have 64 KiB, from 8 MiB on 16 KiB, from 16 MiB on
    /// 8 KiB, so that thousands of connections that wait cost little. Up to 9.5 MiB of unused blocks are kept for each core.</item>
    /// <item><c>SocketTransportOptions.MaxReadBufferSize</c> is 8 KiB instead of 1 MiB, which means one block: it is what Kestrel reads ahead of the
    /// application, and so most of what an upload costs that waits for its receiver. <c>Limits.MaxRequestBufferSize</c>, which holds for TLS, is 64
    /// KiB instead of 1 MiB.</item>
    /// <item>HTTP/2: windows of 256 KiB a stream and 4 MiB a connection, so that uploads which wait do not use up the connection's window,
    /// which they share with all others on it, before there are sixteen of them.</item>
    /// <item><c>Limits.MaxConcurrentConnections</c> is as many as the process has descriptors for (Linux, <c>ulimit -n</c>: half of what is left
    /// after 256). More are closed at once, instead of the runtime failing for lack of a descriptor.</item>
    /// </list>
    /// <para>Limits that are configured after this call win.</para>
    /// </remarks>
    /// <param name="builder">The web host builder, as in <c>builder.WebHost.UseBeamDefaults()</c>.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IWebHostBuilder UseBeamDefaults(this IWebHostBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder
            .ConfigureServices(static services => services
                .Replace(ServiceDescriptor.Singleton<IMemoryPoolFactory<byte>, BlockPoolFactory>())
                .Configure<SocketTransportOptions>(static sockets => sockets.MaxReadBufferSize = ReadAheadBytes))
            .ConfigureKestrel(static kestrel =>
            {
                kestrel.Limits.MaxConcurrentConnections = DescriptorLimit.MostConnections();
                kestrel.Limits.MaxRequestBufferSize = RequestBufferBytes;
                kestrel.Limits.Http2.InitialStreamWindowSize = 256 * 1024;
                kestrel.Limits.Http2.InitialConnectionWindowSize = 4 * 1024 * 1024;
            });
    }
}
