using System.Diagnostics;
using System.Net;
using System.Text;
using Beam.AspNetCore.Forwarding;
using Yarp.ReverseProxy.Forwarder;

namespace Beam.Yarp.Nodes;

/// <summary>Makes YARP's clients, and around them those for clusters of nodes.</summary>
internal sealed class NodeHttpClientFactory(NodeConnections connections) : ForwarderHttpClientFactory, IForwarderHttpClientFactory
{
    // Kestrel reads headers as UTF-8.
    private static readonly HeaderEncodingSelector<HttpRequestMessage> AsRead = static (_, _) => Encoding.UTF8;

    // As YARP has it.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    HttpMessageInvoker IForwarderHttpClientFactory.CreateClient(ForwarderHttpClientContext context)
    {
        var old = context.OldClient as NodeHttpClient;
        var shared = CreateClient(new ForwarderHttpClientContext
        {
            ClusterId = context.ClusterId,
            OldConfig = context.OldConfig,
            OldMetadata = context.OldMetadata,
            OldClient = old?.Shared ?? context.OldClient,
            NewConfig = context.NewConfig,
            NewMetadata = context.NewMetadata,
        });
        if (!NodeCluster.IsBeam(context.NewMetadata))
        {
            return shared;
        }

        return old is not null && ReferenceEquals(old.Shared, shared) ? old : new NodeHttpClient(shared, () => CreateHandler(context));
    }

    /// <summary>A client's headers are passed on as the server has read them, also those with letters beyond ASCII.</summary>
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        if (NodeCluster.IsBeam(context.NewMetadata))
        {
            handler.RequestHeaderEncodingSelector ??= AsRead;
            handler.ConnectCallback ??= (connection, cancellationToken) => connections.ConnectAsync(connection.DnsEndPoint, cancellationToken);
        }
    }

    /// <summary>A handler as YARP makes them, for one request.</summary>
    private SocketsHttpHandler CreateHandler(ForwarderHttpClientContext context)
    {
        var handler = SingleUse(connections, ConnectTimeout);
        ConfigureHandler(context, handler);
        return handler;
    }

    public static SocketsHttpHandler SingleUse(NodeConnections connections, TimeSpan connectTimeout) => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ConnectTimeout = connectTimeout,
        ConnectCallback = (connection, cancellationToken) => connections.ConnectAsync(connection.DnsEndPoint, cancellationToken),
        RequestHeaderEncodingSelector = AsRead,
        ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
    };
}
