using System.Net;
using System.Net.Sockets;
using Beam.AspNetCore.Delivery;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Forwarding;

/// <summary>
/// Makes the connections of this process to Beam nodes. To each node there are so many at most, and a connection that has ended gives its
/// port back at once if it can. Get it from the container. Thread-safe.
/// </summary>
/// <remarks>
/// Of two sides of a connection, the one that closes first keeps its port for a minute (TIME_WAIT, RFC 9293, section 3.6.1). A gateway has
/// some 28,000 ports for each node, so it must not be that side with each request.
/// </remarks>
public sealed class NodeConnections
{
    private readonly TcpKernel _kernel;
    private readonly TimeProvider _timeProvider;
    private readonly ConnectionBound _bound;

    internal NodeConnections(IOptions<BeamHttpOptions> options, TcpKernel kernel, TimeProvider timeProvider)
    {
        _kernel = kernel;
        _timeProvider = timeProvider;
        _bound = new ConnectionBound(options.Value.MaxConnectionsPerNode, timeProvider);
    }

    /// <summary>Says whether a request has failed because this process lacks connections, ports or descriptors.</summary>
    /// <param name="exception">What the request to the node has thrown.</param>
    /// <returns><see langword="true"/> if so: nothing is known of the node then.</returns>
    public static bool IsLacking(Exception? exception) => exception?.GetBaseException() switch
    {
        NoConnectionLeftException => true,
        SocketException socket => socket.SocketErrorCode is SocketError.AddressNotAvailable
            or SocketError.AddressAlreadyInUse
            or SocketError.TooManyOpenSockets
            or SocketError.NoBufferSpaceAvailable,
        _ => false,
    };

    /// <summary>Connects to a node, as for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <param name="node">Where to connect to.</param>
    /// <param name="isForReading">
    /// Whether all requests over the connection are <c>GET</c> or <c>HEAD</c>. Otherwise disposing it loses nothing that was written.
    /// </param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The connection. Its port is free soon after it is disposed.</returns>
    /// <exception cref="IOException">There are <see cref="BeamHttpOptions.MaxConnectionsPerNode"/> connections.</exception>
    /// <exception cref="SocketException">The node cannot be reached, or the system has no port or descriptor left.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint node, bool isForReading, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(node);
        return new NodeStream(await OpenAsync(node, cancellationToken), isForReading, _kernel, _timeProvider);
    }

    internal async Task<NodeSocket> OpenAsync(DnsEndPoint node, CancellationToken cancellationToken)
    {
        var name = $"{node.Host}:{node.Port}";
        if (!_bound.TryTake(name))
        {
            throw new NoConnectionLeftException();
        }

        Socket? socket = null;
        try
        {
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(node.Host, node.Port, cancellationToken);
            return new NodeSocket(socket, keepsPort => _bound.Return(name, keepsPort));
        }
        catch
        {
            socket?.Dispose();
            _bound.Return(name, keepsPort: false);
            throw;
        }
    }
}
