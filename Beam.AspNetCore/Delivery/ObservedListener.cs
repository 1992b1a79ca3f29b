using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Beam.AspNetCore.Delivery;

/// <summary>Observes each accepted connection, below TLS and HTTP.</summary>
internal sealed class ObservedListener(IConnectionListener listener, TcpKernel kernel) : IConnectionListener
{
    public EndPoint EndPoint => listener.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        var connection = await listener.AcceptAsync(cancellationToken);
        return connection is null ? null : new ObservedConnection(connection, kernel);
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => listener.UnbindAsync(cancellationToken);

    public ValueTask DisposeAsync() => listener.DisposeAsync();
}
