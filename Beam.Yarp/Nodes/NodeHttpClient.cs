namespace Beam.Yarp.Nodes;

/// <summary>The client of a cluster of nodes.</summary>
/// <param name="shared">Shares connections among requests.</param>
/// <param name="reading">The same, for requests that only read.</param>
/// <param name="newHandler">Makes the handler of a connection for one request.</param>
internal sealed class NodeHttpClient(HttpMessageInvoker shared, HttpMessageInvoker reading, Func<SocketsHttpHandler> newHandler)
    : HttpMessageInvoker(new NodeHttpHandler(shared, reading, newHandler))
{
    /// <summary>Gets the client that YARP has made.</summary>
    public HttpMessageInvoker Shared => shared;
}
