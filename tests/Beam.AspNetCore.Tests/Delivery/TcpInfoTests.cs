using System.Net;
using System.Net.Sockets;
using Beam.AspNetCore.Delivery;

namespace Beam.AspNetCore.Tests.Delivery;

/// <summary>What the kernel's counts are taken for.</summary>
public sealed class TcpInfoTests
{
    [Fact]
    [Trait("Rule", "P2")]
    public async Task EndOfOurSide_IsNoAcknowledgedByte()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells.");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var server = await listener.AcceptSocketAsync();
        await server.SendAsync(new byte[1000]);
        await client.GetStream().ReadExactlyAsync(new byte[1000]);

        // The client has left in order, and our own end is acknowledged after that: then the connection is no more.
        client.Close();
        Assert.Equal(0, await server.ReceiveAsync(new byte[1]));
        server.Shutdown(SocketShutdown.Send);
        await Eventually.TrueAsync(() => TcpInfo.HasEnded(server), "both sides have ended");

        Assert.Equal(1000, TcpInfo.TryRead(server)!.Value.AcknowledgedBytes);
    }
}
