using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Beam.Browser.Tests.Support;

/// <summary>
/// A network between browser and server that can break: it cuts the connections it has, and refuses new ones while it is down.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, Socket> _pairs = new();
    private readonly int _target;
    private readonly Task _accepting;
    private long _upBytes;
    private long _downBytes;
    private volatile bool _isDown;

    public CuttingProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Gets how many bytes have gone to the server.</summary>
    public long UpBytes => Interlocked.Read(ref _upBytes);

    /// <summary>Gets how many bytes have come from the server.</summary>
    public long DownBytes => Interlocked.Read(ref _downBytes);

    /// <summary>Resets every connection and takes no new one.</summary>
    public void Cut()
    {
        _isDown = true;
        CutOnce();
    }

    /// <summary>Resets every connection; new ones work.</summary>
    public void CutOnce()
    {
        foreach (var (client, server) in _pairs)
        {
            client.Close(0);
            server.Close(0);
        }
    }

    /// <summary>Lets connections through again.</summary>
    public void Mend() => _isDown = false;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        CutOnce();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                if (_isDown)
                {
                    client.Close(0);
                    continue;
                }

                _ = RunAsync(client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task RunAsync(Socket client)
    {
        using var near = client;
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            _pairs[client] = server;
            if (_isDown)
            {
                // The cut came while this one was still connecting.
                client.Close(0);
                return;
            }

            await Task.WhenAll(
                PassAsync(client, server, bytes => Interlocked.Add(ref _upBytes, bytes)),
                PassAsync(server, client, bytes => Interlocked.Add(ref _downBytes, bytes)));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One side has gone, or was cut off.
        }
        finally
        {
            _pairs.TryRemove(client, out _);
        }
    }

    private async Task PassAsync(Socket from, Socket to, Action<int> count)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, _stop.Token) is var bytes and > 0)
        {
            count(bytes);
            for (var sent = 0; sent < bytes;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, bytes - sent), _stop.Token);
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
