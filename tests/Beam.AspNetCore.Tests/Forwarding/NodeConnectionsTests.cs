using System.Net;
using System.Net.Sockets;
using Beam.AspNetCore.Delivery;
using Beam.AspNetCore.Forwarding;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Forwarding;

/// <summary>The connections of a gateway to its nodes: they lose nothing at their end, and give their port back.</summary>
public sealed class NodeConnectionsTests : IDisposable
{
    private readonly TcpListener _node = new(IPAddress.Loopback, 0);
    private readonly ServiceProvider _services;
    private readonly NodeConnections _connections;

    public NodeConnectionsTests()
    {
        _node.Start();
        var services = new ServiceCollection().AddLogging();
        services.AddBeam();
        services.Configure<BeamHttpOptions>(static options => options.MaxConnectionsPerNode = 3);
        _services = services.BuildServiceProvider();
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
        Assert.InRange(TcpTable.CountKept(Port), 0, 2);
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

        Assert.Equal(0, TcpTable.CountKept(Port));
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

    private int Port => ((IPEndPoint)_node.LocalEndpoint).Port;

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
        => await _connections.ConnectAsync(new DnsEndPoint("127.0.0.1", Port), isForReading, TestContext.Current.CancellationToken);

    private async Task<bool> CanConnectAsync()
    {
        try
        {
            await using var connection = await ConnectAsync();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
