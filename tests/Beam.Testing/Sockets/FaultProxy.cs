using System.Net;
using System.Net.Sockets;

namespace Beam.Testing;

/// <summary>A stretch of network between clients and a server on this machine, that breaks as a test wants it.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly List<Task> _running = [];
    private readonly Task _accepting;
    private int _connections;
    private bool _isDisposed;

    /// <summary>Begins to listen.</summary>
    /// <param name="targetPort">Where connections go on to.</param>
    public FaultProxy(int targetPort)
    {
        TargetPort = targetPort;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port that clients connect to.</summary>
    public int Port { get; }

    /// <summary>The port that connections go on to, such as that of a server which takes the place of another.</summary>
    public int TargetPort { get; set; }

    /// <summary>What befalls a connection, by its number, which counts from 0. The default is nothing.</summary>
    public Func<int, ConnectionFault> Plan { get; set; } = static _ => default;

    /// <summary>Whether new connections are reset at once, as by a server that is restarting.</summary>
    public bool IsRefusing { get; set; }

    /// <summary>How many connections have come.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>The same address through this proxy.</summary>
    public Uri Through(Uri url) => new UriBuilder(url) { Port = Port }.Uri;

    /// <summary>Resets every connection there is.</summary>
    public void CutAll()
    {
        Socket[] sockets;
        lock (_lock)
        {
            sockets = [.. _sockets];
        }

        foreach (var socket in sockets)
        {
            Reset(socket);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        _listener.Dispose();
        CutAll();
        await _accepting;
        await Task.WhenAll(_running);
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }

        socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync();
                var number = Interlocked.Increment(ref _connections) - 1;
                _running.Add(RunAsync(client, Plan(number)));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // A client may have gone before it was accepted; the others come all the same.
                if (IsDisposed())
                {
                    return;
                }
            }
        }
    }

    private bool IsDisposed()
    {
        lock (_lock)
        {
            return _isDisposed;
        }
    }

    private async Task RunAsync(Socket client, ConnectionFault fault)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (!TryAdd(client, server))
            {
                return;
            }

            client.NoDelay = server.NoDelay = true;
            await server.ConnectAsync(IPAddress.Loopback, TargetPort);
            await Task.WhenAll(
                CopyAsync(client, server, fault.CutAfterSent, fault.LoseAfterSent),
                CopyAsync(server, client, fault.CutAfterReceived, loseAfter: null));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Cut, by us or by one of the ends.
        }
        finally
        {
            lock (_lock)
            {
                _sockets.Remove(client);
                _sockets.Remove(server);
            }

            Reset(client);
            Reset(server);
        }
    }

    private bool TryAdd(Socket client, Socket server)
    {
        lock (_lock)
        {
            if (_isDisposed || IsRefusing)
            {
                return false;
            }

            _sockets.Add(client);
            _sockets.Add(server);
            return true;
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, long? cutAfter, long? loseAfter)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            var kept = loseAfter ?? long.MaxValue;
            for (var left = cutAfter ?? long.MaxValue; left > 0;)
            {
                var count = await from.ReceiveAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)));
                if (count == 0)
                {
                    to.Shutdown(SocketShutdown.Send);
                    return;
                }

                left -= count;
                var passed = (int)Math.Min(count, kept);
                kept -= passed;
                for (var rest = buffer.AsMemory(0, passed); !rest.IsEmpty;)
                {
                    rest = rest[await to.SendAsync(rest)..];
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // What breaks in one direction breaks in both.
        }

        Reset(from);
        Reset(to);
    }
}
