using System.Net;
using System.Net.Sockets;

namespace Beam.Conformance;

/// <summary>A stretch of network between one client and the server that can be torn: both ends then get an RST.</summary>
internal sealed class Interposer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _target;
    private readonly Task _run;
    private Socket? _client;
    private Socket? _server;

    public Interposer(string targetUrl)
    {
        _target = new Uri(targetUrl);
        _listener.Start();
        Url = new UriBuilder(_target) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri.ToString().TrimEnd('/');
        _run = RunAsync();
    }

    /// <summary>Where the client reaches the server through this.</summary>
    public string Url { get; }

    public void Reset()
    {
        Reset(_client);
        Reset(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _client?.Dispose();
        _server?.Dispose();
        await _run;
    }

    private static void Reset(Socket? socket)
    {
        if (socket is not null)
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Dispose();
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await from.ReceiveAsync(buffer.AsMemory())) > 0)
        {
            for (var rest = buffer.AsMemory(0, count); !rest.IsEmpty;)
            {
                rest = rest[await to.SendAsync(rest)..];
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }

    private async Task RunAsync()
    {
        try
        {
            _client = await _listener.AcceptSocketAsync();
            _server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            _client.NoDelay = true;
            await _server.ConnectAsync(_target.Host, _target.Port);
            await Task.WhenAll(CopyAsync(_client, _server), CopyAsync(_server, _client));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Torn, by us or by one of the ends.
        }
    }
}
