using System.Net;
using System.Net.Sockets;

namespace Beam.Conformance;

/// <summary>A stretch of network between one client and the server that can be torn: both ends then get an RST.</summary>
internal sealed class Interposer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _target;
    private readonly CancellationTokenSource _torn = new();
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

    /// <summary>Tears it. Afterwards neither end's system can hand over anything any more, or take it.</summary>
    public async Task ResetAsync()
    {
        // A socket that somebody reads from is closed only when the read has ended.
        await _torn.CancelAsync();
        await _run;
        Reset(_client);
        Reset(_server);
    }

    public async ValueTask DisposeAsync()
    {
        await _torn.CancelAsync();
        await _run;
        _listener.Dispose();
        _client?.Dispose();
        _server?.Dispose();
        _torn.Dispose();
    }

    private static void Reset(Socket? socket)
    {
        if (socket is not null)
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Dispose();
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await from.ReceiveAsync(buffer.AsMemory(), _torn.Token)) > 0)
        {
            for (var rest = buffer.AsMemory(0, count); !rest.IsEmpty;)
            {
                rest = rest[await to.SendAsync(rest, _torn.Token)..];
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }

    private async Task RunAsync()
    {
        try
        {
            _client = await _listener.AcceptSocketAsync(_torn.Token);
            _server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            _client.NoDelay = true;
            await _server.ConnectAsync(_target.Host, _target.Port, _torn.Token);
            await Task.WhenAll(CopyAsync(_client, _server), CopyAsync(_server, _client));
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // Torn, by us or by one of the ends.
        }
    }
}
