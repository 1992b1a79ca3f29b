using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.Yarp.Tests.Nodes;

/// <summary>What a client writes may be anything. A hop passes it on, or says that it is the client's mistake and not the node's.</summary>
[Trait("Rule", "P29")]
public sealed class OddRequestTests : GatewayTests
{
    public static MatrixTheoryData<bool, string> Fields => new(
        [true, false],
        [
            "Host: localhost\r\nX-Odd: b\u00e9\u20ac",
            "Host: localhost\r\nContent-Type: text/plain; a=\"b\u00e9\"",
            "Host: localhost\r\nUser-Agent: \u05d0",
            "Host: a_b",
            "Host: a!b",
            "Host: a,b",
            "Host: a%41",
            "Host: [::1]:80",
            "Host: [::1",
            "Host: .",
            "Host: -",
            "Host: a:99999",
            "Host: xn--mnchen-3ya.example",
            "Host:",
            "Host: " + new string('h', 300),
            "Host: " + new string('h', 3000),
        ]);

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task Client_IsAnsweredByTheNode_OrToldOfItsMistake(bool isGateway, string fields)
    {
        var node = await StartNodeAsync("n1");
        var server = isGateway ? (await StartGatewayAsync(("n1", node.Url))).Server : await StartForwardingAsync(node.Url);
        var token = await node.MintAsync();
        foreach (var request in new[] { $"DELETE /{token}/a", $"GET /{token}/a?status", $"HEAD /{token}/a" })
        {
            var client = await ConnectAsync(server.Port);
            await client.SendAsync($"{request} HTTP/1.1\r\n{fields}\r\n\r\n");

            Assert.Contains((await client.ReadHeadAsync()).Status, (int[])[404, 400]);
        }

        Assert.Empty(server.Logs.AtLeast(LogLevel.Error));
        Assert.Empty(node.Logs.AtLeast(LogLevel.Error));
    }

    /// <summary>What the node can read of a header arrives there as it was.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task File_Passes_WhenTheSendersHeadersGoBeyondAscii(bool isGateway)
    {
        var node = await StartNodeAsync("n1");
        var server = isGateway ? (await StartGatewayAsync(("n1", node.Url))).Server : await StartForwardingAsync(node.Url);
        var url = $"{server.Url}/{await node.MintAsync()}/a";
        string[] odd = ["-H", "X-Odd: b\u00e9\u20ac", "-H", "Content-Type: text/plain; a=\"b\u00e9\""];
        var receiver = Curl([.. odd, "--fail", "-w", "%{content_type}", url]);
        var sender = Upload("hello, "u8.ToArray(), url, odd);

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.Equal("hello, text/plain", receiver.OutputText);
    }

    private Task<TestServer> StartForwardingAsync(string node)
        => StartAsync(
            builder => builder.Services.AddBeam(static options => options.NodeId = "n2").AddNodeForwarding(options =>
            {
                options.Secret = Secret;
                options.Nodes["n1"] = new Uri(node);
            }),
            static app => app.MapBeam());
}
