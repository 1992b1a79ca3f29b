using Beam.AspNetCore;
using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Yarp.Tests.Balancers;

/// <summary>
/// Files that are sent without a token, whose answer begins before the upload ends, through proxies as docs/scaling.md sets them up.
/// </summary>
[Trait("Rule", "P14")]
public sealed class OneShotTests : GatewayTests
{
    private const int Size = 31_000_000;

    [Fact]
    public async Task Haproxy_PassesTheAnswerAndTheFile()
    {
        SystemProgram.FindOrSkip("haproxy");
        var node = await StartNodeAsync("n1");
        var haproxy = Own(new HaproxyBalancer(node.Port));
        await haproxy.ListensAsync();
        var sender = Upload(TestBytes.Create(1, Size), haproxy.Url + "/a");
        var receiver = Curl("--fail", await ReadLinkAsync(sender));

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.Equal(TestBytes.Create(1, Size), receiver.Output);
    }

    /// <summary>haproxy takes an answer for whole that comes together with the 100 before it.</summary>
    [Fact]
    public async Task Answer_DoesNotBegin_BeforeTheBodyThatWasAskedFor()
    {
        var node = await StartAsync(
            static builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(new FakeClock());
                builder.Services.AddBeam(static options => options.NodeId = "n1");
            },
            static app => app.MapBeam());
        var sender = await ConnectAsync(node.Port);
        await sender.SendAsync("PUT /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal(100, (await sender.ReadHeadAsync()).Status);
        await node.WaitForAsync(Transfers.TransferState.WaitingForReceiver);
        Assert.Equal(0, sender.Socket.Available);
        await sender.SendAsync("a file");

        Assert.Equal(200, (await sender.ReadHeadAsync()).Status);
    }

    /// <summary>nginx sends nothing more of an upload once its answer has begun.</summary>
    [Fact]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P2")]
    public async Task Nginx_EndsBothSidesVisibly_WhenOneShotIsNotSwitchedOff()
    {
        SystemProgram.FindOrSkip("nginx");
        var node = await StartNodeAsync("n1", static options => options.StallTimeout = TimeSpan.FromSeconds(2));
        var nginx = Own(new NginxBalancer(node.Port));
        await nginx.ListensAsync();
        var sender = Upload(TestBytes.Create(1, Size), nginx.Url + "/a");
        var receiver = Curl("--fail", await ReadLinkAsync(sender));

        Assert.NotEqual(0, await receiver.WaitAsync());
        Assert.NotEqual(0, await sender.WaitAsync());
    }

    [Fact]
    public async Task Nginx_PassesARefusal_WhenOneShotIsSwitchedOff()
    {
        SystemProgram.FindOrSkip("nginx");
        var node = await StartAsync(
            static builder =>
            {
                builder.Services.AddBeam(static options => options.NodeId = "n1");
                builder.Services.Configure<BeamHttpOptions>(static options => options.AllowsOneShot = false);
            },
            static app => app.MapBeam());
        var nginx = Own(new NginxBalancer(node.Port));
        await nginx.ListensAsync();
        var sender = Upload(TestBytes.Create(1, 1000), nginx.Url + "/a", "-w", "%{http_code}");

        Assert.Equal(22, await sender.WaitAsync());
        Assert.Equal("Here you need a token first: POST to /token, then send to /TOKEN/NAME.\n403", sender.OutputText);
    }

    private static async Task<string> ReadLinkAsync(ClientProcess sender)
    {
        await sender.WaitForOutputAsync("# Receive it with:");
        return sender.OutputText.Split('\n')[0];
    }
}
