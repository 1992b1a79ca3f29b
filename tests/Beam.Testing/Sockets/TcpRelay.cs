using System.Net;
using System.Net.Sockets;

namespace Beam.Testing;

/// <summary>
/// A TCP proxy as most are. It takes bytes at once, whether the other end reads them or not, and passes every end of a connection on as an
/// orderly one, a reset too.
/// </summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _targetPort;
    private readonly Func<IPEndPoint, byte[]> _header;
    private readonly List<Task> _running = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _accepting;
    private long _bytesToClients;

    /// <summary>Begins to listen.</summary>
    /// <param name="targetPort">Where connections go on to.</param>
    /// <param name="header">
    /// What the proxy itself sends first, given where its client comes from; by default nothing.
    /// </param>
    public TcpRelay(int targetPort, Func<IPEndPoint, byte[]>? header = null)
    {
        _targetPort = targetPort;
        _header = header ?? (static _ => []);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port that clients connect to.</summary>
    public int Port { get; }

    /// <summary>How many bytes of servers the clients' systems have, or this proxy's own for them.</summary>
    public long BytesToClients => Volatile.Read(ref _bytesToClients);

    /// <summary>The same address through this proxy.</summary>
    public string Through(string url) => new UriBuilder(url) { Port = Port }.Uri.AbsoluteUri;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_running);
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                _running.Add(RunAsync(await _listener.AcceptSocketAsync(_ending.Token)));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // A client may have gone before it was accepted; the others come all the same.
            }
        }
    }

    private async Task RunAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _targetPort), _ending.Token);
                await SendAsync(server, _header((IPEndPoint)client.RemoteEndPoint!));
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                return;
            }

            await Task.WhenAll(CopyAsync(client, server, isToClient: false), CopyAsync(server, client, isToClient: true));
        }
    }

    private async Task CopyAsync(Socket from, Socket to, bool isToClient)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory(), _ending.Token) is var count and > 0)
            {
                await SendAsync(to, buffer.AsMemory(0, count));
                Interlocked.Add(ref _bytesToClients, isToClient ? count : 0);
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // The other end hears of an end, not of what kind it was.
        }

        try
        {
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It is gone already.
        }
    }

    private async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await to.SendAsync(bytes, _ending.Token)..];
        }
    }
}
