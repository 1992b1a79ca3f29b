using Beam.AspNetCore.Tests.Servers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Beam.AspNetCore.Tests.Delivery;

/// <summary>
/// A server behind a proxy on the same machine often listens on a Unix domain socket, of which nobody knows what was acknowledged.
/// </summary>
[Trait("Rule", "P2")]
public sealed class UnixSocketTests : HttpTests
{
    [Theory]
    [InlineData(HttpProtocols.Http1, "--http1.1")]
    [InlineData(HttpProtocols.Http2, "--http2-prior-knowledge")]
    public async Task Sender_HearsSent_WhenTheReceiverHasReadAllThroughAUnixSocket(HttpProtocols protocols, string protocol)
    {
        var socket = NewFolder()["beam.sock"];
        var server = await StartServerAsync(setup => setup.Services = builder => builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.ListenUnixSocket(socket, endpoint => endpoint.Protocols = protocols)));
        var path = $"{server.Mint()}/a";
        var receiver = Curl(protocol, "--fail", "--unix-socket", socket, $"http://localhost/{path}");

        using var answer = await server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, 200_000)));

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal(TestBytes.Create(1, 200_000), receiver.Output);
        Assert.StartsWith("sent: 200000 bytes", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
