using Beam.AspNetCore;
using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Yarp.Tests;

/// <summary>Live events come at once and to their end, whatever way a watcher takes to the relay.</summary>
[Trait("Rule", "P25")]
public sealed class WatchingTests : GatewayTests
{
    [Fact]
    public async Task Route_ShowsATransferToItsEnd()
    {
        var gateway = await StartRouteAsync();

        await WatchAsync(gateway.Url + "/drop", gateway.Url + "/drop", await gateway.MintAsync("/drop"));
    }

    [Fact]
    public async Task Gateway_ShowsATransferToItsEnd()
    {
        var (one, two) = (await StartNodeAsync("n1"), await StartNodeAsync("n2"));
        var gateway = await StartGatewayAsync(("n1", one.Url), ("n2", two.Url));

        await WatchAsync(gateway.Url, gateway.Url, await gateway.Server.MintAsync());
    }

    [Fact]
    public async Task OtherNode_ShowsATransferToItsEnd()
    {
        var port = TestPorts.Free();
        var one = await StartNodeAsync("n1", port: port);
        var two = await StartAsync(
            builder => builder.Services.AddBeam(static options => options.NodeId = "n2").AddNodeForwarding(options =>
            {
                options.Secret = Secret;
                options.Nodes["n1"] = new Uri(one.Url);
            }),
            static app => app.MapBeam());

        await WatchAsync(two.Url, one.Url, await one.MintAsync());
    }

    [Fact]
    [Trait("Rule", "P5")]
    public async Task Watcher_ThatLeavesTheGateway_LeavesTheNode()
    {
        var one = await StartAsync(
            static builder =>
            {
                builder.Services.AddBeam(static options => options.NodeId = "n1");
                builder.Services.Configure<BeamHttpOptions>(static options => options.MaxWatchers = 1);
            },
            static app => app.MapBeam());
        var gateway = await StartGatewayAsync(("n1", one.Url));
        var url = $"{gateway.Url}/{await gateway.Server.MintAsync()}/a?events";
        var first = Curl("--fail", url);
        await first.WaitForOutputAsync("event: state");
        Assert.Equal(22, await Curl("--fail", url).WaitAsync());

        first.Kill();

        await Eventually.TrueAsync(
            async () =>
            {
                var next = Curl("--fail", "--max-time", "2", url);
                await next.WaitAsync();
                return next.OutputText.Contains("event: state", StringComparison.Ordinal);
            },
            "there is room for another watcher");
    }

    private async Task WatchAsync(string url, string otherUrl, string token)
    {
        var watcher = Curl("--fail", $"{url}/{token}/a?events");
        await watcher.WaitForOutputAsync("\"state\":\"waiting\"");
        var sender = Upload(TestBytes.Create(1, 1000), $"{otherUrl}/{token}/a");
        await watcher.WaitForOutputAsync("\"state\":\"waiting-for-receiver\"");
        var receiver = Curl("--fail", $"{url}/{token}/a");

        Assert.Equal((0, 0, 0), (await watcher.WaitAsync(), await sender.WaitAsync(), await receiver.WaitAsync()));
        Assert.EndsWith("\n\n", watcher.OutputText, StringComparison.Ordinal);
        Assert.Contains(
            "event: outcome\ndata: {\"name\":\"a\",\"state\":\"finished\",\"bytesReceived\":1000,\"bytesSent\":1000",
            watcher.OutputText,
            StringComparison.Ordinal);
    }
}
