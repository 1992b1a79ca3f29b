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

        return old is not null && ReferenceEquals(old.Shared, shared)
            ? old
            : new NodeHttpClient(
                shared,
                new HttpMessageInvoker(CreateHandler(context, isForReading: true)),
                () => CreateHandler(context, isForReading: false));
    }

    /// <summary>A client's headers are passed on as the server has read them, also those with letters beyond ASCII.</summary>
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        if (NodeCluster.IsBeam(context.NewMetadata))
        {
            handler.RequestHeaderEncodingSelector ??= AsRead;
            handler.ConnectCallback ??= Connect(connections, isForReading: false);
        }
    }

    /// <summary>A handler as YARP makes them.</summary>
    private SocketsHttpHandler CreateHandler(ForwarderHttpClientContext context, bool isForReading)
    {
        var handler = CreateHandler(connections, ConnectTimeout, isForReading);
        ConfigureHandler(context, handler);
        return handler;
    }

    /// <summary>A handler without a configuration.</summary>
    public static SocketsHttpHandler CreateHandler(NodeConnections connections, TimeSpan connectTimeout, bool isForReading) => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ConnectTimeout = connectTimeout,
        ConnectCallback = Connect(connections, isForReading),
        RequestHeaderEncodingSelector = AsRead,
        ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
    };

    private static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> Connect(
        NodeConnections connections,
        bool isForReading)
        => (connection, cancellationToken) => connections.ConnectAsync(connection.DnsEndPoint, isForReading, cancellationToken);
}
