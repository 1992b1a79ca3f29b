using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Beam.Core.Tests.Testing;

public sealed class RawHttpClientTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public RawHttpClientTests() => _listener.Start();

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task ReadBodyAsync_IsComplete_WithEveryByteOfTheContentLength()
    {
        var (client, server) = await ConnectAsync();
        using var both = new Pair(client, server);
        await server.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 Very OK\r\nContent-Length: 5\r\nX-A: 1\r\nx-a: 2\r\n\r\nhellomore"));

        var head = await client.ReadHeadAsync();
        var body = await client.ReadBodyAsync(head);

        Assert.Equal((200, "Very OK", "1, 2"), (head.Status, head.Reason, head["X-A"]));
        Assert.Equal(("hello", true, null), (body.Text, body.IsComplete, body.End));
        Assert.Equal("more"u8.ToArray(), await client.ReadAsync(4));
    }

    [Theory]
    [InlineData("5\r\nhello\r\n1;x=y\r\n!\r\n0\r\nDigest: x\r\n\r\n", true, "hello!")]
    [InlineData("5\r\nhello\r\n", false, "hello")]
    [InlineData("5\r\nhel", false, "hel")]
    public async Task ReadBodyAsync_KnowsWhetherTheLastChunkCame(string wire, bool complete, string text)
    {
        var (client, server) = await ConnectAsync();
        using var both = new Pair(client, server);
        await server.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + wire));
        server.Shutdown(SocketShutdown.Send);

        var body = await client.ReadBodyAsync(await client.ReadHeadAsync());

        Assert.Equal((text, complete), (body.Text, body.IsComplete));
    }

    [Fact]
    public async Task ReadToEndAsync_TellsOrderlyEnd()
    {
        var (client, server) = await ConnectAsync();
        using var both = new Pair(client, server);
        await server.SendAsync("bye"u8.ToArray());
        server.Shutdown(SocketShutdown.Both);

        var end = await client.ReadToEndAsync();

        Assert.Equal(("bye", ConnectionEnd.Orderly), (end.Text, end.End));
    }

    [Fact]
    public async Task ReadToEndAsync_TellsReset()
    {
        var (client, server) = await ConnectAsync();
        using var both = new Pair(client, server);
        server.LingerState = new LingerOption(enable: true, seconds: 0);
        server.Dispose();

        var end = await client.ReadToEndAsync();

        Assert.Equal(ConnectionEnd.Reset, end.End);
    }

    [Fact]
    public async Task FinishSending_LeavesTheOtherHalfOpen()
    {
        var (client, server) = await ConnectAsync();
        using var both = new Pair(client, server);

        client.FinishSending();

        Assert.Equal(0, await server.ReceiveAsync(new byte[1]));
        await server.SendAsync("still"u8.ToArray());
        Assert.Equal("still"u8.ToArray(), await client.ReadAsync(5));
    }

    [Fact]
    public async Task Reset_IsSeenAsReset()
    {
        var (client, server) = await ConnectAsync();
        using var both = new Pair(client, server);

        client.Reset();

        var exception = await Assert.ThrowsAsync<SocketException>(() => server.ReceiveAsync(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
    }

    private async Task<(RawHttpClient Client, Socket Server)> ConnectAsync()
    {
        var client = await RawHttpClient.ConnectAsync(((IPEndPoint)_listener.LocalEndpoint).Port);
        return (client, await _listener.AcceptSocketAsync());
    }

    private sealed class Pair(RawHttpClient client, Socket server) : IDisposable
    {
        public void Dispose()
        {
            client.Dispose();
            server.Dispose();
        }
    }
}
