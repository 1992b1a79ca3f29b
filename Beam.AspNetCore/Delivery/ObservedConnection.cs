using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// A connection that puts itself between the server and the transport that a connection middleware, such as TLS, has made. Only there can
/// Beam tell HTTP from encrypted bytes.
/// </summary>
internal sealed class ObservedConnection : ConnectionContext
{
    private readonly ConnectionContext _connection;
    private readonly ClientConnection _client;

    public ObservedConnection(ConnectionContext connection, TcpKernel kernel)
    {
        _connection = connection;
        _client = new ClientConnection(connection, kernel);
        connection.Features.Set(_client);
    }

    public override string ConnectionId
    {
        get => _connection.ConnectionId;
        set => _connection.ConnectionId = value;
    }

    public override IFeatureCollection Features => _connection.Features;

    public override IDictionary<object, object?> Items
    {
        get => _connection.Items;
        set => _connection.Items = value;
    }

    public override CancellationToken ConnectionClosed
    {
        get => _connection.ConnectionClosed;
        set => _connection.ConnectionClosed = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => _connection.LocalEndPoint;
        set => _connection.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => _connection.RemoteEndPoint;
        set => _connection.RemoteEndPoint = value;
    }

    // A middleware may set it here or through the connection's feature. The server reads it after that.
    public override IDuplexPipe Transport
    {
        get
        {
            if (_connection.Transport is not ObservedTransport)
            {
                _connection.Transport = _client.Observe(_connection.Transport);
            }

            return _connection.Transport;
        }
        set => _connection.Transport = value;
    }

    public override void Abort() => _connection.Abort();

    public override void Abort(ConnectionAbortedException abortReason) => _connection.Abort(abortReason);

    public override async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await base.DisposeAsync();
    }
}
