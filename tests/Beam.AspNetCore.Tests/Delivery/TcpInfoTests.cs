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
        server.Shutdown(SocketShutdown.Send);

        await client.GetStream().CopyToAsync(Stream.Null);

        await Eventually.TrueAsync(() => TcpInfo.TryRead(server)!.Value.AcknowledgedBytes >= 1000, "everything is acknowledged");
        Assert.Equal(1000, TcpInfo.TryRead(server)!.Value.AcknowledgedBytes);
    }
}
