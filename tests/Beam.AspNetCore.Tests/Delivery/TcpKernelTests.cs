using System.Net;
using System.Net.Sockets;
using Beam.AspNetCore.Delivery;
using Microsoft.Extensions.Logging.Abstractions;

namespace Beam.AspNetCore.Tests.Delivery;

/// <summary>What the kernel's counts are taken for, and whether it has any.</summary>
[Trait("Rule", "P2")]
public sealed class TcpKernelTests
{
    [Fact]
    public async Task Kernel_Counts_OnLinux()
    {
        SkipUnlessLinux();
        var kernel = Kernel(new TcpInfoOption());

        await kernel.TryOutAsync();

        Assert.True(kernel.CountsAcknowledged);
    }

    [Theory]
    [InlineData(KernelGap.Zeros)]
    [InlineData(KernelGap.ZerosBehind)]
    [InlineData(KernelGap.CutShort)]
    [InlineData(KernelGap.Missing)]
    public async Task Kernel_DoesNotCount_WhenItDoesNotFillTheField(KernelGap gap)
    {
        var kernel = Kernel(new TcpInfoStub(gap));
        var (server, client) = await ConnectAsync();
        using (server)
        using (client)
        {
            await kernel.TryOutAsync();

            Assert.False(kernel.CountsAcknowledged);
            Assert.False(kernel.CountsFor(server));
            Assert.Null(kernel.TryRead(server)?.AcknowledgedBytes);
            Assert.False(kernel.HasEnded(server));
        }
    }

    /// <summary>The trial may fail, because the machine lets nobody connect to it.</summary>
    [Fact]
    public async Task Kernel_Counts_WhenItHasSaidSoOnce()
    {
        SkipUnlessLinux();
        var kernel = Kernel(new TcpInfoOption());
        var (server, client) = await ConnectAsync();
        using (server)
        using (client)
        {
            var before = kernel.CountsFor(server);
            await server.SendAsync(new byte[1000]);
            await client.ReceiveAsync(new byte[1000]);
            await Eventually.TrueAsync(() => kernel.TryRead(server) is { AcknowledgedBytes: 1000 }, "the bytes are acknowledged");

            Assert.False(before);
            Assert.True(kernel.CountsFor(server));
        }
    }

    [Fact]
    public async Task EndOfOurSide_IsNoAcknowledgedByte()
    {
        SkipUnlessLinux();
        var kernel = Kernel(new TcpInfoOption());
        await kernel.TryOutAsync();
        var (server, client) = await ConnectAsync();
        using (server)
        {
            await server.SendAsync(new byte[1000]);
            for (var read = 0; read < 1000;)
            {
                read += await client.ReceiveAsync(new byte[1000]);
            }

            // The client has left in order, and our own end is acknowledged after that: then the connection is no more.
            client.Close();
            Assert.Equal(0, await server.ReceiveAsync(new byte[1]));
            server.Shutdown(SocketShutdown.Send);
            await Eventually.TrueAsync(() => kernel.HasEnded(server), "both sides have ended");

            Assert.Equal(1000, kernel.TryRead(server)!.Value.AcknowledgedBytes);
        }
    }

    private static TcpKernel Kernel(ITcpInfoOption option) => new(option, TimeProvider.System, NullLogger<TcpKernel>.Instance);

    private static void SkipUnlessLinux() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells.");

    private static async Task<(Socket Server, Socket Client)> ConnectAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!);
        return (await listener.AcceptAsync(), client);
    }
}
