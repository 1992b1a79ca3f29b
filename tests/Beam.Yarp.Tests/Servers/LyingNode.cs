using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Beam.Yarp.Tests.Servers;

/// <summary>
/// A node that reads the head of each request, answers with bytes that a test has chosen, and ends its side. Then it reads nothing more.
/// </summary>
internal sealed class LyingNode : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _sockets = [];
    private readonly byte[] _answer;
    private readonly Task _accepting;

    public LyingNode(string answer)
    {
        _answer = Encoding.Latin1.GetBytes(answer);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}";

    /// <summary>Gets how many bytes of the body it reads before it answers.</summary>
    public int TakesBytes { get; init; }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        _sockets.ForEach(static socket => socket.Dispose());
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync();
                _sockets.Add(socket);
                await AnswerAsync(socket);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        var head = new List<byte>();
        var buffer = new byte[1];
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()) && await socket.ReceiveAsync(buffer) == 1)
        {
            head.Add(buffer[0]);
        }

        for (var (left, body) = (TakesBytes, new byte[64 * 1024]); left > 0;)
        {
            left -= await socket.ReceiveAsync(body);
        }

        await socket.SendAsync(_answer);
        socket.Shutdown(SocketShutdown.Send);
    }
}
