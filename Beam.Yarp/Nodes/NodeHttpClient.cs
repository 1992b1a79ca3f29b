namespace Beam.Yarp.Nodes;

/// <summary>The client of a cluster of nodes.</summary>
internal sealed class NodeHttpClient(HttpMessageInvoker shared, Func<SocketsHttpHandler> newHandler)
    : HttpMessageInvoker(new NodeHttpHandler(shared, newHandler))
{
    /// <summary>Gets the client that YARP has made.</summary>
    public HttpMessageInvoker Shared => shared;
}
