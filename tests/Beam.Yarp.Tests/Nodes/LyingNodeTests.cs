using Beam.Yarp.Tests.Servers;
using Microsoft.Extensions.Logging;

namespace Beam.Yarp.Tests.Nodes;

/// <summary>Answers that no node of ours gives. What has failed in between, or lies, neither gets through nor goes unnoticed.</summary>
[Trait("Rule", "P29")]
public sealed class LyingNodeTests : GatewayTests
{
    private const string Token = "n1.0123456789abcdefghjkmnpqrs";

    // More than the buffers on the way take.
    private const int Size = 10_000_000;

    private const string NodeLost = "The node broke off before it had answered; try again.\n502";

    public static TheoryData<string> Answers => new(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\nContent-Type: text/plain; a=\"b\u00e9\"\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Odd: a\u0001b\r\n\r\nok",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length",
        "nonsense\r\n\r\n");

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Client_IsToldThatTheNodeIsLost(string answer)
    {
        var gateway = await StartGatewayAsync(("n1", Own(new LyingNode(answer)).Url));
        string[] status = ["-w", "%{http_code}", "--max-time", "20"];
        var receiver = Curl([.. status, $"{gateway.Url}/{Token}/a"]);
        var sender = Curl([.. status, "-T", NewFolder().Write("a", new byte[1000]), $"{gateway.Url}/{Token}/a"]);
        var oneShot = Curl([.. status, "-T", NewFolder().Write("a", new byte[Size]), $"{gateway.Url}/a"]);

        await Task.WhenAll(receiver.WaitAsync(), sender.WaitAsync(), oneShot.WaitAsync());
        Assert.Equal([NodeLost, NodeLost, NodeLost], new[] { receiver, sender, oneShot }.Select(static client => client.OutputText));
        Assert.Empty(gateway.Server.Logs.AtLeast(LogLevel.Error));
    }

    /// <summary>A node that has answered in full and takes no more of the file.</summary>
    [Fact]
    public async Task Log_HasNoError_WhenTheAnswerIsOverBeforeTheFile()
    {
        var node = Own(new LyingNode("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"));
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var oneShot = Curl("--max-time", "2", "-T", NewFolder().Write("a", new byte[Size]), $"{gateway.Url}/a");

        await oneShot.WaitAsync();
        await gateway.Server.StopAsync();
        Assert.Empty(gateway.Server.Logs.AtLeast(LogLevel.Error));
    }

    /// <summary>The node goes in the middle of an upload that was asked for (100 Continue).</summary>
    [Theory]
    [InlineData("/a")]
    [InlineData("/n1.0123456789abcdefghjkmnpqrs/a")]
    public async Task Log_HasNoError_WhenTheNodeDiesInTheMiddle(string path)
    {
        var node = Own(new LyingNode("") { TakesBytes = 100_000 });
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var sender = await ConnectAsync(gateway.Server.Port);
        await sender.SendAsync($"PUT {path} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: {Size}\r\n\r\n");
        Assert.Equal(100, (await sender.ReadHeadAsync()).Status);
        await sender.SendAsync(new byte[100_000]);

        Assert.Equal(502, (await sender.ReadHeadAsync()).Status);
        sender.Dispose();
        await gateway.Server.StopAsync();
        Assert.Empty(gateway.Server.Logs.AtLeast(LogLevel.Error));
    }
}
