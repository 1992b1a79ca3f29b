using System.Net;
using System.Net.Sockets;
using Beam.AspNetCore.Delivery;
using Beam.AspNetCore.Forwarding;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Forwarding;

/// <summary>The connections of a gateway to its nodes: they lose nothing at their end, and give their port back.</summary>
public sealed class NodeConnectionsTests : IDisposable
{
    private const int Most = 3;

    private readonly TcpListener _node = new(IPAddress.Loopback, 0);
    private readonly KeptPorts _kept;
    private readonly FakeClock _clock = new();
    private readonly ServiceProvider _services;
    private readonly NodeConnections _connections;

    public NodeConnectionsTests()
    {
        _node.Start();
        _kept = new KeptPorts(Port);
        _services = Services(TimeProvider.System, new TcpInfoOption());
        _connections = _services.GetRequiredService<NodeConnections>();
    }

    public void Dispose()
    {
        _services.Dispose();
        _node.Dispose();
    }

    [Fact]
    public async Task Node_GetsEverythingAndAnOrderlyEnd_AndNoPortIsKept()
    {
        await _services.GetRequiredService<TcpKernel>().TryOutAsync();
        foreach (var size in new[] { 0, 1, 1000, 100_000 })
        {
            var gateway = await ConnectAsync();
            using var node = await _node.AcceptSocketAsync();
            await gateway.WriteAsync(TestBytes.Create(1, size));
            await gateway.DisposeAsync();

            Assert.Equal(TestBytes.Create(1, size), await ReadToEndAsync(node));
        }

        await Eventually.TrueAsync(CanConnectAsync, "all places are free again");

        // The node may be faster than the last of our two steps.
        Assert.InRange(_kept.Count, 0, 2);
    }

    [Fact]
    public async Task NoPort_IsKept_AfterRequestsThatOnlyRead()
    {
        for (var i = 0; i < 100; i++)
        {
            var gateway = await ConnectAsync(isForReading: true);
            using var node = await _node.AcceptSocketAsync();
            await gateway.WriteAsync("GET / HTTP/1.1"u8.ToArray());
            await gateway.DisposeAsync();
        }

        Assert.Equal(0, _kept.Count);
    }

    /// <summary>The node takes its time, and its system cannot hold everything.</summary>
    [Fact]
    public async Task Node_GetsEverything_WhenItReadsLate()
    {
        const int Size = 4_000_000;
        await _services.GetRequiredService<TcpKernel>().TryOutAsync();
        _node.Server.ReceiveBufferSize = 16 * 1024;
        var gateway = await ConnectAsync();
        using var node = await _node.AcceptSocketAsync();
        var writing = gateway.WriteAsync(TestBytes.Create(1, Size)).AsTask();
        var first = new byte[1_000_000];
        for (var read = 0; read < first.Length;)
        {
            read += await node.ReceiveAsync(first.AsMemory(read)).Soon();
        }

        var rest = ReadToEndAsync(node);
        await writing.Soon();
        await gateway.DisposeAsync();

        Assert.Equal(TestBytes.Create(1, Size)[first.Length..], await rest);
    }

    /// <summary>Nobody knows how much of such a write has been sent, and the node need not wait for more.</summary>
    [Fact]
    public async Task Node_GetsAnOrderlyEnd_WhenAWriteWasCancelled()
    {
        await using var services = Services(_clock, new TcpInfoOption());
        _node.Server.ReceiveBufferSize = 16 * 1024;
        var connections = services.GetRequiredService<NodeConnections>();
        var gateway = await connections.ConnectAsync(Node, isForReading: false, TestContext.Current.CancellationToken);
        using var node = await _node.AcceptSocketAsync();
        using var leaving = new CancellationTokenSource();
        var writing = gateway.WriteAsync(TestBytes.Create(1, 20_000_000), leaving.Token).AsTask();
        await Eventually.TrueAsync(() => node.Available > 0, "the node has something");
        await leaving.CancelAsync();
        await Record.ExceptionAsync(() => writing);
        await gateway.DisposeAsync();
        var end = ReadToEndAsync(node);
        await Eventually.TrueAsync(
            () =>
            {
                _clock.Advance(TimeSpan.FromMilliseconds(100));
                return end.IsCompleted;
            },
            "the node hears of the end");

        var read = await end;
        Assert.Equal(TestBytes.Create(1, 20_000_000)[..read.Length], read);
    }

    /// <summary>The node's system has no room, and the node never reads.</summary>
    [Fact]
    public async Task Place_IsTaken_UntilTheConnectionIsReset_WhenTheNodeTakesNothing()
    {
        await using var services = Services(_clock, new TcpInfoOption());
        var connections = services.GetRequiredService<NodeConnections>();
        _node.Server.ReceiveBufferSize = 16 * 1024;
        var gateway = await connections.ConnectAsync(Node, isForReading: false, TestContext.Current.CancellationToken);
        using var node = await _node.AcceptSocketAsync();
        await using var second = await connections.ConnectAsync(Node, isForReading: false, TestContext.Current.CancellationToken);
        await using var third = await connections.ConnectAsync(Node, isForReading: false, TestContext.Current.CancellationToken);
        using var leaving = new CancellationTokenSource();
        var writing = gateway.WriteAsync(TestBytes.Create(1, 20_000_000), leaving.Token).AsTask();
        await Eventually.TrueAsync(() => node.Available > 0, "the node has something");
        await leaving.CancelAsync();
        await Record.ExceptionAsync(() => writing);
        await gateway.DisposeAsync();

        await Assert.ThrowsAnyAsync<IOException>(async () => await connections.ConnectAsync(Node, isForReading: false, default));
        await Eventually.TrueAsync(
            async () =>
            {
                _clock.Advance(TimeSpan.FromSeconds(1));
                return await CanConnectAsync(connections);
            },
            "a place is free again");

        Assert.True(_clock.Elapsed >= TimeSpan.FromSeconds(60));
        await Assert.ThrowsAsync<SocketException>(() => ReadToEndAsync(node));
    }

    /// <summary>The system counts the packet that has opened the connection as a byte, which must not stand for the last one.</summary>
    [Fact]
    public async Task Connection_IsNotReset_BeforeTheNodeHasTheLastByte()
    {
        var kernel = new ScriptedKernel { AcknowledgedBytes = 1, UnacknowledgedSegments = 1 };
        await using var services = Services(_clock, kernel);
        var connections = services.GetRequiredService<NodeConnections>();
        var gateway = await connections.ConnectAsync(Node, isForReading: false, TestContext.Current.CancellationToken);
        using var node = await _node.AcceptSocketAsync();
        await gateway.WriteAsync("abc"u8.ToArray());
        kernel.AcknowledgedBytes = 3;
        await gateway.DisposeAsync();
        var end = node.ReceiveAsync(new byte[3]);
        Assert.Equal(3, await end.Soon());
        end = node.ReceiveAsync(new byte[1]);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(end.IsCompleted);

        (kernel.AcknowledgedBytes, kernel.UnacknowledgedSegments) = (4, 0);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, await end.Soon());
    }

    [Fact]
    public async Task Connection_IsRefused_BeyondTheBound()
    {
        var connections = new[] { await ConnectAsync(), await ConnectAsync(), await ConnectAsync() };
        var exception = await Assert.ThrowsAnyAsync<IOException>(ConnectAsync);

        Assert.True(NodeConnections.IsLacking(exception));
        Assert.True(NodeConnections.IsLacking(new HttpRequestException("", exception)));
        await connections[1].DisposeAsync();
        await Eventually.TrueAsync(CanConnectAsync, "a place is free again");
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Place_IsGivenBack_WhenTheNodeEnds(bool isForReading, bool isReset)
    {
        await _services.GetRequiredService<TcpKernel>().TryOutAsync();
        var connections = new[] { await ConnectAsync(isForReading), await ConnectAsync(isForReading), await ConnectAsync(isForReading) };
        foreach (var connection in connections)
        {
            using var node = await _node.AcceptSocketAsync();
            node.LingerState = new LingerOption(isReset, 0);
        }

        foreach (var connection in connections)
        {
            await Record.ExceptionAsync(async () => Assert.Equal(0, await connection.ReadAsync(new byte[1])));
        }

        await Eventually.TrueAsync(CanConnectAsync, "a place is free again");
        Assert.Equal(0, _kept.Count);
    }

    [Fact]
    public async Task Place_IsGivenBack_WhenNobodyListens()
    {
        _node.Stop();
        for (var i = 0; i < 10; i++)
        {
            var exception = await Assert.ThrowsAsync<SocketException>(ConnectAsync);
            Assert.False(NodeConnections.IsLacking(exception));
        }
    }

    [Theory]
    [InlineData(SocketError.AddressNotAvailable, true)]
    [InlineData(SocketError.TooManyOpenSockets, true)]
    [InlineData(SocketError.NoBufferSpaceAvailable, true)]
    [InlineData(SocketError.ConnectionRefused, false)]
    [InlineData(SocketError.ConnectionReset, false)]
    [InlineData(SocketError.TimedOut, false)]
    [InlineData(SocketError.HostUnreachable, false)]
    [InlineData(SocketError.HostNotFound, false)]
    public void Lack_IsToldFromANodesDeath(SocketError error, bool isLack)
        => Assert.Equal(
            isLack,
            NodeConnections.IsLacking(new HttpRequestException(HttpRequestError.ConnectionError, "", new SocketException((int)error))));

    private DnsEndPoint Node => new("127.0.0.1", Port);

    private int Port => ((IPEndPoint)_node.LocalEndpoint).Port;

    private static ServiceProvider Services(TimeProvider clock, ITcpInfoOption kernel)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(clock).AddSingleton(kernel);
        services.AddBeam();
        services.Configure<BeamHttpOptions>(static options => options.MaxConnectionsPerNode = Most);
        return services.BuildServiceProvider();
    }

    private static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        var bytes = new List<byte>();
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer).Soon() is var count and > 0)
        {
            bytes.AddRange(buffer.AsSpan(0, count));
        }

        return [.. bytes];
    }

    private Task<Stream> ConnectAsync() => ConnectAsync(isForReading: false);

    private async Task<Stream> ConnectAsync(bool isForReading)
        => await _connections.ConnectAsync(Node, isForReading, TestContext.Current.CancellationToken);

    private Task<bool> CanConnectAsync() => CanConnectAsync(_connections);

    private async Task<bool> CanConnectAsync(NodeConnections connections)
    {
        try
        {
            await using var connection = await connections.ConnectAsync(Node, isForReading: false, TestContext.Current.CancellationToken);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>A kernel that says of every connection that it is open, and how much was acknowledged.</summary>
    private sealed class ScriptedKernel : ITcpInfoOption
    {
        public long AcknowledgedBytes { get; set; }

        public int UnacknowledgedSegments { get; set; }

        public int Read(Socket socket, Span<byte> info)
        {
            info.Clear();
            info[0] = 1;
            if (info.Length >= TcpInfo.Size)
            {
                BitConverter.TryWriteBytes(info[24..], UnacknowledgedSegments);
                BitConverter.TryWriteBytes(info[120..], AcknowledgedBytes);
                BitConverter.TryWriteBytes(info[200..], 3L);
            }

            return info.Length;
        }
    }
}
