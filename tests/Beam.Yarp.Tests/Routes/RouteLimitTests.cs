using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;

namespace Beam.Yarp.Tests.Routes;

/// <summary>What limits others do not cut a transfer through a route.</summary>
public sealed class RouteLimitTests : GatewayTests
{
    private const int AboveKestrelsLimit = 31_000_000;

    [Fact]
    [Trait("Rule", "P15")]
    public async Task LargeUpload_Passes_WhateverTheServersLimit()
    {
        var gateway = await StartRouteAsync();
        var url = $"{gateway.Url}/drop/{await gateway.MintAsync("/drop")}/a";
        var receiver = Curl("--fail", url);
        var sender = Upload(TestBytes.Create(1, AboveKestrelsLimit), url);

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.Equal(AboveKestrelsLimit, receiver.Output.Length);
    }

    [Fact]
    [Trait("Rule", "P17")]
    public async Task Waiting_OutlastsTheRequestTimeoutAndTheActivityTimeout()
    {
        var tick = TimeSpan.FromMilliseconds(100);
        var cluster = new ClusterConfig
        {
            ClusterId = "impatient",
            HttpRequest = new ForwarderRequestConfig { ActivityTimeout = tick },
            Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal)
            {
                ["nowhere"] = new() { Address = "http://beam.invalid/" },
            },
        };
        var gateway = await StartAsync(
            builder =>
            {
                builder.Services.AddRequestTimeouts(options => options.DefaultPolicy = new RequestTimeoutPolicy { Timeout = tick });
                builder.Services.AddReverseProxy()
                    .LoadFromMemory([BeamRouteMounting.Route() with { ClusterId = "impatient" }], [cluster])
                    .AddBeam()
                    .AddTransforms(static context => context.AddBeam("/drop"));
            },
            static app =>
            {
                app.UseRequestTimeouts();
                app.MapReverseProxy();
            });
        var url = $"{gateway.Url}/drop/{await gateway.MintAsync("/drop")}/a";

        // The relay's own deadline is the next thing that happens, long after the others.
        var receiver = Curl("-w", "%{http_code}", url + "?wait=2");
        Assert.Equal(0, await receiver.WaitAsync());

        Assert.Equal("No sender came in time.\n504", receiver.OutputText);
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task SlowSender_IsNotCut_WhereTheServerCutsOthers()
    {
        var gateway = await StartAsync(
            static builder =>
            {
                WithMinimumRate(builder);
                builder.Services.AddReverseProxy().LoadFromMemory([BeamRouteMounting.WithBeam(BeamRouteMounting.Route())], []).AddBeam();
            },
            static app =>
            {
                app.MapPost("/other", ReadAsync);
                app.MapReverseProxy();
            });

        await PassSlowlyAsync(gateway, $"/drop/{await gateway.MintAsync("/drop")}/a");
    }

    [Fact]
    public async Task RunningTransfer_GoesOn_WhenTheConfigurationChanges()
    {
        var provider = new InMemoryConfigProvider([BeamRouteMounting.WithBeam(BeamRouteMounting.Route())], []);
        var gateway = await StartAsync(
            builder =>
            {
                builder.Services.AddSingleton<IProxyConfigProvider>(provider);
                builder.Services.AddReverseProxy().AddBeam();
            },
            static app => app.MapReverseProxy());
        var token = await gateway.MintAsync("/drop");
        var receiver = Curl("--fail", $"{gateway.Url}/drop/{token}/a");
        var sender = await ConnectAsync(gateway.Port);
        await sender.SendAsync($"PUT /drop/{token}/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
        await sender.SendChunkAsync("before, "u8.ToArray());
        await receiver.WaitForOutputAsync("before, ");

        var moved = new RouteConfig { RouteId = "moved", Match = new RouteMatch { Path = "/moved/{**rest}" } };
        provider.Update([moved.WithTransformBeam("/moved")], []);
        await Eventually.TrueAsync(async () => await StatusAsync(gateway.Url + "/moved") == 200, "the new route is there");
        await sender.SendChunkAsync("after"u8.ToArray());
        await sender.SendChunkAsync(ReadOnlyMemory<byte>.Empty);

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal("before, after", receiver.OutputText);
        Assert.Equal(200, (await sender.ReadHeadAsync()).Status);
    }

    private async Task<int> StatusAsync(string url)
    {
        var curl = Curl("-o", "/dev/null", "-w", "%{http_code}", url);
        await curl.WaitAsync();
        return int.Parse(curl.OutputText, System.Globalization.CultureInfo.InvariantCulture);
    }
}
