using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Beam.Testing;

/// <summary>A server that answers whatever a test says, byte for byte. It need not be HTTP, and need not end.</summary>
public sealed class LyingServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, NetworkStream, CancellationToken, Task> _answer;
    private readonly List<string> _requests = [];
    private readonly Task _running;

    /// <summary>Starts it.</summary>
    /// <param name="answer">Answers a request, of which it gets the head. The connection is closed afterwards.</param>
    public LyingServer(Func<string, NetworkStream, CancellationToken, Task> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        _answer = answer;
        _listener.Start();
        _running = RunAsync();
    }

    /// <summary>Starts one that answers every request in the same way, and keeps the connection open.</summary>
    /// <param name="answer">The answer.</param>
    public static LyingServer Saying(string answer) => new(async (_, stream, stop) =>
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), stop);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
    });

    /// <summary>Gets its address.</summary>
    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>Gets the text of a link to a file there.</summary>
    public string Link => Url.AbsoluteUri + HonestAnswers.Token + "/file";

    /// <summary>Gets the heads of the requests so far.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception exception) when (exception
            is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }

        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            if (await ReadHeadAsync(stream) is { } head)
            {
                lock (_requests)
                {
                    _requests.Add(head);
                }

                await _answer(head, stream, _stop.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The client has left, as it should.
        }
    }

    private async Task<string?> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
