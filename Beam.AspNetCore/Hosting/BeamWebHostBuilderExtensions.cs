using Beam.AspNetCore.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Sets Kestrel up for a relay.</summary>
public static class BeamWebHostBuilderExtensions
{
    // One block of the pool reaches it, so that a connection holds one block at a time, whatever size blocks have then.
    private const int ReadAheadBytes = 8 * 1024;
    private const int RequestBufferBytes = 64 * 1024;

    /// <summary>Sets Kestrel's own buffers to what suits a relay. Without it, Beam works but needs more CPU and memory.</summary>
    /// <remarks>
    /// <para>It applies to the whole server, including the host's other endpoints:</para>
    /// <list type="bullet">
    /// <item>Connections use blocks of 128 KiB instead of 4 KiB: about half the CPU for a large transfer, and up to 128 KiB in each
    /// direction for a connection that moves bytes. An idle connection holds no block. New blocks are smaller when many are in use: 64 KiB
    /// from 4 MiB on, 16 KiB from 8 MiB on, and 8 KiB from 16 MiB on. So thousands of waiting connections cost little. The pool keeps up to
    /// 9.5 MiB of unused blocks for each core.</item>
    /// <item><c>SocketTransportOptions.MaxReadBufferSize</c> is 8 KiB instead of 1 MiB, which means one block. Kestrel reads that much
    /// ahead of the application, and this is most of the cost of an upload that waits for its receiver.
    /// <c>Limits.MaxRequestBufferSize</c>, which applies to TLS, is 64 KiB instead of 1 MiB.</item>
    /// <item>HTTP/2 has windows of 256 KiB a stream and 4 MiB a connection. All streams share the connection's window, and waiting uploads
    /// use it up only when there are sixteen of them.</item>
    /// <item><c>Limits.MaxConcurrentConnections</c> is as many as the process has descriptors for (Linux, <c>ulimit -n</c>: half of what
    /// remains after 256). Kestrel closes further connections at once; otherwise the runtime would fail for lack of a descriptor.</item>
    /// </list>
    /// <para>Limits that the application sets after this call win.</para>
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
                kestrel.Limits.MaxConcurrentConnections = ConnectionLimit.MostConnections();
                kestrel.Limits.MaxRequestBufferSize = RequestBufferBytes;
                kestrel.Limits.Http2.InitialStreamWindowSize = 256 * 1024;
                kestrel.Limits.Http2.InitialConnectionWindowSize = 4 * 1024 * 1024;
            });
    }
}
