using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>
/// A receiver that keeps up with a slow link has nothing unread. So its death ends the connection in order, although most of the file is
/// still on the server's side.
/// </summary>
[Trait("Rule", "P2")]
public sealed class SlowLinkTests : HttpTests
{
    // SOL_SOCKET and SO_MAX_PACING_RATE of Linux (asm-generic/socket.h).
    private const int SocketLevel = 1;
    private const int MaxPacingRate = 47;
    private const int BytesPerSecond = 500_000;
    private const int Size = 2_000_000;

    [Fact]
    public async Task Sender_ReadsBadGateway_WhenAReceiverThatKeepsUpIsKilled()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux paces a socket's sending.");
        var server = await StartServerAsync(static setup => setup.Services = static builder => builder.WebHost.ConfigureKestrel(
            static kestrel => kestrel.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Use(Slowly))));
        var addresses = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var path = $"{server.Mint()}/a";
        var sent = server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Size)));
        var receiver = Curl($"{addresses.Last()}/{path}");

        // The connection has taken everything, the receiver has not got it.
        await server.WaitForAsync(TransferState.Confirming);
        receiver.Kill();

        using var answer = await sent;
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        await receiver.WaitAsync();
        Assert.InRange(receiver.Output.Length, 0, Size - 1);
    }

    private static ConnectionDelegate Slowly(ConnectionDelegate next) => connection =>
    {
        connection.Features.Get<IConnectionSocketFeature>()!.Socket.SetRawSocketOption(
            SocketLevel, MaxPacingRate, BitConverter.GetBytes(BytesPerSecond));
        return next(connection);
    };
}
