using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;

namespace Beam.Yarp.Tests.Nodes;

/// <summary>A gateway that reaches its nodes over https.</summary>
public sealed class GatewayHttpsTests : GatewayTests
{
    private const int Size = 31_000_000;

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsSent_BecauseAGatewayThatDiesWouldLookTheSame()
    {
        var (gateway, _) = await StartAsync();
        var url = $"{gateway.Url}/{await gateway.MintAsync()}/a";
        var receiver = Curl("--fail", url);
        var sender = Upload(TestBytes.Create(1, Size), url);

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.Equal(TestBytes.Create(1, Size), receiver.Output);
        Assert.StartsWith("sent: ", sender.OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Expect:")]
    [InlineData("Expect: 100-continue")]
    [InlineData("Transfer-Encoding: chunked")]
    [Trait("Rule", "P14")]
    public async Task Link_IsToldAtOnce_AndTheFilePasses(string header)
    {
        var (gateway, _) = await StartAsync();
        var sender = Upload(TestBytes.Create(1, Size), gateway.Url + "/a", "-H", header);
        var receiver = Curl("--fail", await ReadLinkAsync(sender, gateway));

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.Equal(TestBytes.Create(1, Size), receiver.Output);
        Assert.Contains($"sent: {Size} bytes", sender.OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Expect:")]
    [InlineData("Transfer-Encoding: chunked")]
    [Trait("Rule", "P1")]
    public async Task Receiver_SeesTheBreak_WhenTheSenderDies(string header)
    {
        var (gateway, node) = await StartAsync();
        var sender = Upload(TestBytes.Create(1, Size), gateway.Url + "/a", "--limit-rate", "2M", "-H", header);
        var receiver = Curl("--fail", await ReadLinkAsync(sender, gateway));
        await receiver.WaitForOutputAsync(1000);
        sender.Kill();

        Assert.NotEqual(0, await receiver.WaitAsync());
        await Eventually.TrueAsync(() => node.Relay.TransferCount == 0, "nothing is left");
    }

    private static async Task<string> ReadLinkAsync(ClientProcess sender, TestServer gateway)
    {
        await sender.WaitForOutputAsync("# Receive it with:");
        return gateway.Url + new Uri(sender.OutputText.Split('\n')[0]).AbsolutePath;
    }

    private static X509Certificate2 Certify()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private async Task<(TestServer Gateway, TestServer Node)> StartAsync()
    {
        var port = TestPorts.Free();
        var node = await StartAsync(
            builder =>
            {
                builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, static endpoint =>
                {
                    endpoint.Protocols = HttpProtocols.Http1;
                    endpoint.UseHttps(Certify());
                }));
                builder.Services.AddBeam(static options =>
                {
                    options.NodeId = "n1";
                    WithoutResuming(options);
                });
            },
            static app => app.MapBeam());
        var config = new NodeGatewayConfig(("n1", $"https://127.0.0.1:{port}"))
        {
            HttpClient = new HttpClientConfig { DangerousAcceptAnyServerCertificate = true },
        };
        return (await StartAsync(config.Register, static app => app.MapReverseProxy()), node);
    }
}
