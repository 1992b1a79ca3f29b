using System.Net;
using System.Net.Sockets;
using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;

namespace Beam.Yarp.Tests.Nodes;

/// <summary>Which node a gateway leads a request to.</summary>
public sealed class GatewayRoutingTests : GatewayTests
{
    private const string Unknown = "0123456789abcdefghjkmnpqrs";

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    [Fact]
    [Trait("Rule", "P7")]
    public async Task Halves_MeetOnTheNodeOfTheirToken()
    {
        var (one, two) = (await StartNodeAsync("n1"), await StartNodeAsync("n2"));
        var gateway = await StartGatewayAsync(("n1", one.Url), ("n2", two.Url));
        for (var i = 0; i < 10; i++)
        {
            var url = $"{gateway.Url}/{await gateway.Server.MintAsync()}/a%2541";
            var receiver = Curl("--fail", "-OJ", "--output-dir", NewFolder().Path, "-w", "%{filename_effective}", url);
            var sender = Upload(TestBytes.Create(i, 1000), url);

            Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
            Assert.EndsWith("a%41", receiver.OutputText, StringComparison.Ordinal);
        }

        Assert.Equal(10, one.Relay.Tokens.Count + two.Relay.Tokens.Count);

        // The gateway chooses at random between nodes that are as busy: ten may all go to one of them.
        for (var more = 0; more < 100 && (one.Relay.Tokens.Count == 0 || two.Relay.Tokens.Count == 0); more++)
        {
            await gateway.Server.MintAsync();
        }

        Assert.NotEqual(0, one.Relay.Tokens.Count);
        Assert.NotEqual(0, two.Relay.Tokens.Count);
    }

    [Theory]
    [InlineData("n2." + Unknown)]
    [InlineData("n9." + Unknown)]
    [InlineData(Unknown)]
    [InlineData("n2.0")]
    [InlineData("..n2.")]
    [Trait("Rule", "P8")]
    public async Task UnknownToken_IsUnknown_WhateverNodeItNames(string token)
    {
        var (one, two) = (await StartNodeAsync("n1"), await StartNodeAsync("n2"));
        var gateway = await StartGatewayAsync(("n1", one.Url), ("n2", two.Url));
        using var answer = await Http.GetAsync(new Uri($"{gateway.Url}/{token}/a"));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("Unknown or expired token.\n", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Token_WithAnotherNodesName_IsUnknown()
    {
        var (one, two) = (await StartNodeAsync("n1"), await StartNodeAsync("n2"));
        var gateway = await StartGatewayAsync(("n1", one.Url), ("n2", two.Url));
        var token = await one.MintAsync();
        using var answer = await Http.DeleteAsync(new Uri($"{gateway.Url}/n2{token[2..]}"));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.NotNull(one.Relay.Tokens.Find(token));
    }

    [Fact]
    public async Task DrainingNode_KeepsItsTokensAndGetsNoNewOnes()
    {
        var (one, two) = (await StartNodeAsync("n1"), await StartNodeAsync("n2"));
        var gateway = await StartGatewayAsync(("n1", one.Url), ("n2", two.Url));
        var token = await one.MintAsync();
        gateway.Config.Drain("n1");

        await Eventually.TrueAsync(() => gateway.Server.Services.GetRequiredService<global::Yarp.ReverseProxy.IProxyStateLookup>()
            .TryGetCluster("nodes", out var cluster) && cluster.Destinations["n1"].Model.Config.Metadata is not null, "the gateway knows");
        for (var i = 0; i < 10; i++)
        {
            Assert.StartsWith("n2.", await gateway.Server.MintAsync(), StringComparison.Ordinal);
        }

        var url = $"{gateway.Url}/{token}/a";
        var receiver = Curl("--fail", url);
        Assert.Equal(0, await Upload(TestBytes.Create(1, 1000), url).WaitAsync());
        Assert.Equal(0, await receiver.WaitAsync());
    }

    [Fact]
    public async Task NewToken_IsRefused_WhenAllNodesAreDrained()
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        gateway.Config.Drain("n1");
        await Eventually.TrueAsync(
            async () =>
            {
                using var answer = await Http.PostAsync(new Uri(gateway.Url + "/token"), content: null);
                return answer.StatusCode == HttpStatusCode.ServiceUnavailable
                    && await answer.Content.ReadAsStringAsync() == "All nodes are being drained; try again soon.\n";
            },
            "new tokens are refused");
    }

    [Fact]
    public async Task DeadNode_IsToldOfAtOnce_AndNewTokensGoElsewhere()
    {
        var (one, two) = (await StartNodeAsync("n1"), await StartNodeAsync("n2"));
        var gateway = await StartGatewayAsync(("n1", one.Url), ("n2", two.Url));
        var token = await one.MintAsync();
        await one.KillAsync();

        using var answer = await Http.GetAsync(new Uri($"{gateway.Url}/{token}/a"));
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(
            "The node of this token cannot be reached; try again, or with a new token.\n",
            await answer.Content.ReadAsStringAsync());
        for (var i = 0; i < 10; i++)
        {
            Assert.StartsWith("n2.", await gateway.Server.MintAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task DeadNode_IsToldOf_ToAnUploadThatIsOnItsWay()
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var url = $"{gateway.Url}/{await gateway.Server.MintAsync()}/a";
        await node.KillAsync();

        var sender = Upload(TestBytes.Create(1, 10_000_000), url, "-H", "Expect:", "-w", "%{http_code}");
        Assert.Equal(22, await sender.WaitAsync());
        Assert.EndsWith("502", sender.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HangingNode_IsGivenUp()
    {
        // It accepts connections and says nothing.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var cluster = new ClusterConfig
        {
            ClusterId = "nodes",
            HttpRequest = new global::Yarp.ReverseProxy.Forwarder.ForwarderRequestConfig { ActivityTimeout = TimeSpan.FromSeconds(1) },
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["Beam"] = "true" },
            Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal)
            {
                ["n1"] = new() { Address = $"http://{silent.LocalEndpoint}" },
            },
        };
        var gateway = await StartAsync(
            builder => builder.Services.AddReverseProxy().LoadFromMemory([new NodeGatewayConfig().Route], [cluster]).AddBeam(),
            static app => app.MapReverseProxy());
        var url = $"{gateway.Url}/n1.{Unknown}/a";
        var receiver = Curl("-w", "%{http_code}", url);
        var sender = Upload(TestBytes.Create(1, 1000), url, "-w", "%{http_code}");
        var oneShot = Upload(TestBytes.Create(1, 1000), gateway.Url + "/a", "-w", "%{http_code}");

        Assert.Equal((0, 22, 22), (await receiver.WaitAsync(), await sender.WaitAsync(), await oneShot.WaitAsync()));
        Assert.All([receiver, sender, oneShot], static client => Assert.Equal("The node did not answer in time.\n504", client.OutputText));
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task SlowSender_IsNotCut_WhereTheServerCutsOthers()
    {
        var node = await StartNodeAsync("n1");
        var config = new NodeGatewayConfig(("n1", node.Url));
        var gateway = await StartAsync(
            builder =>
            {
                WithMinimumRate(builder);
                config.Register(builder);
            },
            static app =>
            {
                app.MapPost("/other", ReadAsync);
                app.MapReverseProxy();
            });

        await PassSlowlyAsync(gateway, $"/{await gateway.MintAsync()}/a");
    }

    [Fact]
    public async Task GatewayInMidTransfer_Killed_EndsBothSidesVisibly()
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var token = await gateway.Server.MintAsync();
        var receiver = Curl("--fail", "--limit-rate", "1M", $"{gateway.Url}/{token}/a");
        var sender = Upload(TestBytes.Create(1, 20_000_000), $"{gateway.Url}/{token}/a");
        await receiver.WaitForOutputAsync(100_000);
        await gateway.Server.KillAsync();

        Assert.NotEqual(0, await receiver.WaitAsync());
        Assert.NotEqual(0, await sender.WaitAsync());
        await Eventually.TrueAsync(() => node.Relay.TransferCount == 0, "nothing is left on the node");
        var url = $"{node.Url}/{token}/again";
        var again = Curl("--fail", url);
        Assert.Equal(0, await Upload(TestBytes.Create(2, 1000), url).WaitAsync());
        Assert.Equal(0, await again.WaitAsync());
    }

    [Fact]
    [Trait("Rule", "P6")]
    public async Task Links_ShowThePublicAddress()
    {
        var node = await StartAsync(
            static builder =>
            {
                builder.Services.AddBeam(static options => options.NodeId = "n1");
                builder.Services.Configure<ForwardedHeadersOptions>(
                    static options => options.ForwardedHeaders = ForwardedHeaders.XForwardedProto);
            },
            static app =>
            {
                app.UseForwardedHeaders();
                app.MapBeam("/drop");
            });
        var gateway = await StartGatewayAsync(("n1", node.Url));
        using var request = new HttpRequestMessage(HttpMethod.Post, gateway.Url + "/drop/token");
        request.Headers.Host = "files.example.com";
        using var answer = await Http.SendAsync(request);

        Assert.Equal(
            $"http://files.example.com/drop/{(await answer.Content.ReadAsStringAsync()).Trim()}",
            answer.Headers.Location!.ToString());
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task LargeUpload_Passes_WhateverTheServersLimit()
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var url = $"{gateway.Url}/{await gateway.Server.MintAsync()}/a";
        var receiver = Curl("--fail", url);

        Assert.Equal(0, await Upload(TestBytes.Create(1, 31_000_000), url).WaitAsync());
        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal(31_000_000, receiver.Output.Length);
    }

    [Theory]
    [InlineData("n1", true, "Passive health checks")]
    [InlineData("Node_1", false, "Its destination 'Node_1' has no name that a node can have")]
    public async Task Start_Fails_WithTheClustersName(string node, bool isPassive, string expected)
    {
        var cluster = new ClusterConfig
        {
            ClusterId = "nodes",
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["Beam"] = "true" },
            HealthCheck = new HealthCheckConfig { Passive = new PassiveHealthCheckConfig { Enabled = isPassive } },
            Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal)
            {
                [node] = new() { Address = "http://127.0.0.1:1" },
            },
        };
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(
            builder => builder.Services.AddReverseProxy().LoadFromMemory([], [cluster]).AddBeam(),
            static app => app.MapReverseProxy()));

        Assert.Contains("Cluster 'nodes' is one of Beam nodes. " + expected, exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cluster_KeepsWhatTheConfigurationSets()
    {
        var cluster = new ClusterConfig
        {
            ClusterId = "nodes",
            LoadBalancingPolicy = "FirstAlphabetical",
            HttpRequest = new global::Yarp.ReverseProxy.Forwarder.ForwarderRequestConfig { ActivityTimeout = TimeSpan.FromHours(1) },
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["Beam"] = "true" },
        };
        var gateway = await StartAsync(
            builder => builder.Services.AddReverseProxy().LoadFromMemory([], [cluster]).AddBeam(),
            static app => app.MapReverseProxy());
        var lookup = gateway.Services.GetRequiredService<global::Yarp.ReverseProxy.IProxyStateLookup>();
        Assert.True(lookup.TryGetCluster("nodes", out var state));
        var config = state.Model.Config;

        Assert.Equal("FirstAlphabetical", config.LoadBalancingPolicy);
        Assert.Equal(TimeSpan.FromHours(1), config.HttpRequest!.ActivityTimeout);
        Assert.Equal(HttpVersion.Version11, config.HttpRequest.Version);
    }
}
