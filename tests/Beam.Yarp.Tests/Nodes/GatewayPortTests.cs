using System.Net;
using Beam.AspNetCore;
using Beam.Transfers;
using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.Yarp.Tests.Nodes;

/// <summary>
/// What a request costs a gateway once it is over: no port, no connection without a bound, and no line of the log.
/// </summary>
[Trait("Rule", "P5")]
public sealed class GatewayPortTests : GatewayTests
{
    private const int Many = 200;

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    /// <summary>Whatever strangers ask for, with a token or without.</summary>
    [Theory]
    [InlineData("/{0}/a?status")]
    [InlineData("/{0}/none")]
    [InlineData("/{0}/-/token")]
    [InlineData("/n1.0123456789abcdefghjkmnpqrs/a")]
    [InlineData("/unknown/a")]
    [InlineData("/")]
    public async Task NoPort_IsKept_ByRequestsThatBringNoFile(string path)
    {
        var (node, gateway) = await StartPairAsync();
        var kept = new KeptPorts(node.Port);
        var token = await gateway.Server.MintAsync();
        var sender = Curl("-T", NewFolder().Write("a", new byte[100]), $"{gateway.Url}/{token}/a");
        await node.WaitForAsync(TransferState.WaitingForReceiver);
        for (var i = 0; i < Many; i++)
        {
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            using var answer = await Http.GetAsync(
                new Uri($"{gateway.Url}{string.Format(System.Globalization.CultureInfo.InvariantCulture, path, token)}{separator}wait=0"));
        }

        Assert.Equal(0, kept.Count);
        sender.Kill();
    }

    /// <summary>A gateway does not know where nodes mount Beam, and strangers ask for that place at will.</summary>
    [Theory]
    [InlineData("/nodes/")]
    [InlineData("/nodes")]
    [InlineData("/nodes/?download")]
    [InlineData("/nodes/n1.0123456789abcdefghjkmnpqrs/a")]
    [InlineData("/nodes/0123456789abcdefghjkmnpqrs")]
    public async Task NoPort_IsKept_ByRequestsForThePlaceOfBeam(string path)
    {
        var node = await StartAsync(
            static builder => builder.Services.AddBeam(static options => options.NodeId = "n1"),
            static app => app.MapBeam("/nodes"));
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var kept = new KeptPorts(node.Port);
        for (var i = 0; i < Many; i++)
        {
            using var answer = await Http.GetAsync(new Uri(gateway.Url + path));
            Assert.Equal(path.Length < 20, answer.IsSuccessStatusCode);
        }

        Assert.Equal(0, kept.Count);
    }

    /// <summary>What a node answers instead of a file, whatever that is.</summary>
    [Fact]
    public async Task NoPort_IsKept_ByAnswersThatAreNoFile()
    {
        var node = await StartAsync(
            static _ => { },
            static app => app.MapGet("/{token}/{name}", static () => "not a file"));
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var kept = new KeptPorts(node.Port);
        for (var i = 0; i < Many; i++)
        {
            Assert.Equal("not a file", await Http.GetStringAsync(new Uri(gateway.Url + "/n1.0123456789abcdefghjkmnpqrs/a")));
        }

        Assert.Equal(0, kept.Count);
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task NoPort_IsKept_ByDownloads()
    {
        var (node, gateway) = await StartPairAsync();
        var kept = new KeptPorts(node.Port);
        for (var i = 0; i < Many / 10; i++)
        {
            var url = $"{gateway.Url}/{await gateway.Server.MintAsync()}/a";
            var receiver = Curl("--fail", url);
            var sender = Upload(TestBytes.Create(i, 1000), url);
            Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
            Assert.StartsWith("confirmed: ", sender.OutputText, StringComparison.Ordinal);
        }

        // A node that is slow to close after the last word makes the gateway close first.
        Assert.InRange(kept.Count, 0, 2);
    }

    [Theory]
    [InlineData("GET", "/{0}/none", "")]
    [InlineData("GET", "/{0}/a?events", "")]
    [InlineData("PUT", "/{0}/none", "Content-Length: 3\r\n\r\nabc")]
    [InlineData("PUT", "/{0}/none", "Content-Length: 1000\r\n\r\nabc")]
    [InlineData("PUT", "/none", "Content-Length: 1000\r\n\r\nabc")]
    public async Task NoPort_IsKept_ByClientsThatLeave(string method, string path, string rest)
    {
        var (node, gateway) = await StartPairAsync();
        var kept = new KeptPorts(node.Port);
        var token = await gateway.Server.MintAsync();
        var target = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, token);
        var held = target.Contains("events", StringComparison.Ordinal) ? 0 : 1;
        for (var i = 0; i < Many / 10; i++)
        {
            var client = await ConnectAsync(gateway.Server.Port);
            await client.SendAsync($"{method} {target} HTTP/1.1\r\nHost: localhost\r\n{(rest.Length > 0 ? rest : "\r\n")}");
            if (held == 1)
            {
                await Eventually.TrueAsync(() => node.Relay.TransferCount == 1, "the request has come to the node");
            }
            else
            {
                await client.ReadHeadAsync();
            }

            client.Dispose();
            await node.WaitUntilEmptyAsync();
        }

        // After an upload the node hears of the end before the reset, and may be faster than the reset.
        Assert.InRange(kept.Count, 0, method == "GET" ? 0 : Many / 20);
    }

    [Fact]
    public async Task Request_IsToldToComeAgain_BeyondTheBound_AndTheNodeCountsAsAlive()
    {
        var (node, gateway) = await StartPairAsync(static options => options.MaxConnectionsPerNode = 3);
        var token = await gateway.Server.MintAsync();
        var waiting = Enumerable.Range(0, 2).Select(i => Curl("--fail", $"{gateway.Url}/{token}/{i}")).ToList();
        await node.WaitForAsync(TransferState.WaitingForSender, 2);
        using (var refused = await Http.GetAsync(new Uri($"{gateway.Url}/{token}/more")))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
            Assert.Equal("There is no connection to the node left; try again soon.\n", await refused.Content.ReadAsStringAsync());
        }

        // Over the connection that the first token came through.
        Assert.StartsWith("n1.", await gateway.Server.MintAsync(), StringComparison.Ordinal);
        waiting[1].Kill();
        await Eventually.TrueAsync(() => node.Relay.TransferCount == 1, "a connection is free again");
        Assert.Equal(0, await Upload(TestBytes.Create(1, 1000), $"{gateway.Url}/{token}/0").WaitAsync());
        Assert.Equal(0, await waiting[0].WaitAsync());
    }

    /// <summary>New tokens and files come from the other nodes, and the node gets new work as soon as there is room.</summary>
    [Fact]
    [Trait("Rule", "P4")]
    public async Task AnotherNode_Answers_WhenTheConnectionsToOneAreUsedUp()
    {
        var (one, gateway) = await StartPairAsync(static options => options.MaxConnectionsPerNode = 5);
        var token = await one.MintAsync();
        var waiting = Enumerable.Range(0, 5).Select(i => Curl("--fail", $"{gateway.Url}/{token}/{i}")).ToList();
        await one.WaitForAsync(TransferState.WaitingForSender, 5);
        var two = await StartNodeAsync("n2");
        gateway.Config.Add("n2", two.Url);
        await Eventually.TrueAsync(
            async () =>
            {
                using var answer = await Http.PostAsync(new Uri(gateway.Url + "/token"), content: null);
                return answer.StatusCode == HttpStatusCode.Created;
            },
            "the gateway knows");
        for (var i = 0; i < 30; i++)
        {
            Assert.StartsWith("n2.", await gateway.Server.MintAsync(), StringComparison.Ordinal);
        }

        for (var i = 0; i < 10; i++)
        {
            var sender = Upload("a file"u8.ToArray(), gateway.Url + "/a");
            await sender.WaitForOutputAsync("/n2.");
            sender.Kill();
            await two.WaitUntilEmptyAsync();
        }

        waiting.ForEach(static client => client.Kill());
        await one.WaitUntilEmptyAsync();
        await Eventually.TrueAsync(
            async () => (await gateway.Server.MintAsync()).StartsWith("n1.", StringComparison.Ordinal), "the other node is used again");
    }

    /// <summary>A node that has refused an upload is done with it, and its place is free although the client goes on for long.</summary>
    [Theory]
    [InlineData("PUT", "/n1.0123456789abcdefghjkmnpqrs/a", "Content-Length: 30000000\r\n\r\nx")]
    [InlineData("PATCH", "/n1.0123456789abcdefghjkmnpqrs/a", "Content-Length: 30000000\r\n\r\nx")]
    [InlineData("GET", "/n1.0123456789abcdefghjkmnpqrs/a", "Content-Length: 30000000\r\n\r\nx")]
    [InlineData("POST", "/n1.0123456789abcdefghjkmnpqrs", "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")]
    [InlineData("PUT", "/a/b/c/d/e", "Content-Length: 30000000\r\n\r\nx")]
    public async Task NoConnection_IsHeld_ByUploadsThatAreRefused(string method, string path, string rest)
    {
        const int Most = 3;
        var (_, gateway) = await StartPairAsync(static options => options.MaxConnectionsPerNode = Most);
        for (var i = 0; i < 2 * Most; i++)
        {
            var client = await ConnectAsync(gateway.Server.Port);
            await client.SendAsync($"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{rest}");
            Assert.InRange((await client.ReadHeadAsync()).Status, 400, 499);
        }

        Assert.StartsWith("n1.", await gateway.Server.MintAsync(), StringComparison.Ordinal);
    }

    /// <summary>Such a client sees the refusal also when it looks only at the end.</summary>
    [Fact]
    public async Task Refusal_ReachesAClientThatSendsEverythingFirst()
    {
        var (_, gateway) = await StartPairAsync();
        var client = await ConnectAsync(gateway.Server.Port);
        await client.SendAsync("PUT /n1.0123456789abcdefghjkmnpqrs/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000000\r\n\r\n");
        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync(new string('x', 1_000_000));
        }

        Assert.Equal(404, (await client.ReadHeadAsync()).Status);
        Assert.Equal(ConnectionEnd.Orderly, (await client.ReadToEndAsync()).End);
    }

    [Fact]
    public async Task Log_HasAnEntryOfAKind_WhateverNumberOfClientsLeaves()
    {
        var (node, gateway) = await StartPairAsync();
        var token = await gateway.Server.MintAsync();
        for (var i = 0; i < 20; i++)
        {
            var client = await ConnectAsync(gateway.Server.Port);
            await client.SendAsync($"GET /{token}/none HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await Eventually.TrueAsync(() => node.Relay.TransferCount == 1, "the request has come to the node");
            client.Dispose();
            await node.WaitUntilEmptyAsync();
        }

        Assert.InRange(gateway.Server.Logs.AtLeast(LogLevel.Warning).Count, 0, 2);
    }

    /// <summary>What strangers can cause is an entry a minute, and what happens to nodes is always seen.</summary>
    [Theory]
    [InlineData("Yarp.ReverseProxy.Forwarder.HttpForwarder", 1)]
    [InlineData("Yarp.ReverseProxy.LoadBalancing.LoadBalancingMiddleware", 1)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel.Http2", 1)]
    [InlineData("Yarp.ReverseProxy.Health.ActiveHealthCheckMonitor", 2)]
    [InlineData("Yarp.ReverseProxy.Health.DestinationHealthUpdater", 2)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", 2)]
    public async Task Log_HasEveryEntryOfNodes(string category, int entries)
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var logger = gateway.Server.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
        foreach (var id in new[] { "n2", "n3" })
        {
            logger.Log(LogLevel.Warning, 19, id, exception: null, static (id, _) => $"{id} is Unhealthy");
        }

        Assert.Equal(entries, gateway.Server.Logs.Entries.Count(entry => entry.Category == category));
    }

    private async Task<(TestServer Node, NodeGateway Gateway)> StartPairAsync(Action<BeamHttpOptions>? configure = null)
    {
        var node = await StartNodeAsync("n1");
        var config = new NodeGatewayConfig(("n1", node.Url));
        var server = await StartAsync(
            builder =>
            {
                config.Register(builder);
                builder.Services.Configure(configure ?? (static _ => { }));
            },
            static app => app.MapReverseProxy());
        return (node, new NodeGateway(config, server));
    }
}
