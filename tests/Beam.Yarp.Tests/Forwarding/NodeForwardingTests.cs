using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Beam.Transfers;
using Beam.Yarp.Forwarding;
using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.Yarp.Tests.Forwarding;

/// <summary>Nodes that pass on what belongs to another, behind a load balancer that does not know.</summary>
public sealed class NodeForwardingTests : GatewayTests
{
    private const int Size = 300_000;

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    [Fact]
    [Trait("Rule", "P2")]
    public async Task File_Passes_WhicheverNodesTheTwoSidesCameTo()
    {
        var (one, two) = await StartPairAsync();
        foreach (var (sendTo, receiveFrom) in new[] { (one, one), (one, two), (two, one), (two, two) })
        {
            var path = $"/{await one.MintAsync()}/a%2541";
            var receiver = Curl("--fail", receiveFrom.Url + path);
            var sender = Upload(TestBytes.Create(1, Size), sendTo.Url + path);

            Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
            Assert.Equal(TestBytes.Create(1, Size), receiver.Output);
            Assert.StartsWith($"confirmed: {Size} bytes", sender.OutputText, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_IsRefusedASuccess_WhenTheReceiverAtAnotherNodeDies()
    {
        var (one, two) = await StartPairAsync();
        var token = await one.MintAsync();
        var receiver = await ConnectAsync(two.Port, receiveBufferBytes: 4 * Size);
        await receiver.SendAsync($"GET /{token}/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var sender = Upload(TestBytes.Create(1, Size), $"{one.Url}/{token}/a");
        await one.WaitForAsync(TransferState.Confirming);
        await Eventually.TrueAsync(() => receiver.Socket.Available >= Size, "the receiver's system has everything");
        receiver.Dispose();

        Assert.Equal(22, await sender.WaitAsync());
        Assert.Equal("The receiver broke off before it had everything.\n", sender.OutputText);
    }

    [Fact]
    public async Task OtherMethods_ArePassedOnToo()
    {
        var (one, two) = await StartPairAsync();
        var token = await one.MintAsync();
        using var answer = await Http.DeleteAsync(new Uri($"{two.Url}/{token}"));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Null(one.Relay.Tokens.Find(token));
    }

    [Fact]
    public async Task Request_IsPassedOn_WhenTheHostHasAnInternationalName()
    {
        var (one, two) = await StartPairAsync();
        var token = await one.MintAsync();
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri($"{two.Url}/{token}"));
        request.Headers.Host = "xn--mnchen-3ya.example";
        using var answer = await Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Null(one.Relay.Tokens.Find(token));
    }

    [Fact]
    public async Task Loop_IsEnded_WhenTwoNodesPointAtEachOther()
    {
        var (first, second) = (TestPorts.Free(), TestPorts.Free());
        var one = await StartForwardingAsync("n1", first, ("n3", Local(second)));
        await StartForwardingAsync("n2", second, ("n3", Local(first)));
        using var answer = await Http.GetAsync(new Uri($"{one.Url}/n3.0123456789abcdefghjkmnpqrs/a"));

        Assert.Equal(508, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Loop_IsEnded_WhenANodePointsAtItselfUnderAnotherName()
    {
        var port = TestPorts.Free();
        var one = await StartForwardingAsync("n1", port, ("n3", Local(port)));
        using var answer = await Http.GetAsync(new Uri($"{one.Url}/n3.0123456789abcdefghjkmnpqrs/a"));

        Assert.Equal(508, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("http AAAA")]
    [InlineData("http 127.0.0.1 AAAA")]
    [InlineData("https 127.0.0.1 0123456789012345678901234567890123456789012")]
    [InlineData("https 0123456789012345678901234567890123456789012")]
    [InlineData("http")]
    [InlineData("")]
    public async Task ForgedSeal_CountsForNothing(string seal)
    {
        var (one, two) = await StartPairAsync();
        var path = $"/{await one.MintAsync()}";
        using var request = new HttpRequestMessage(HttpMethod.Delete, two.Url + path);
        request.Headers.TryAddWithoutValidation("Beam-Hop", seal);
        using var answer = await Http.SendAsync(request);

        // Passed on, and not taken for a loop.
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    /// <summary>A client may write what it likes: the next node hears the address that the first node has seen, under the seal.</summary>
    [Theory]
    [InlineData("X-Forwarded-For: 9.9.9.9")]
    [InlineData("X-Forwarded-For: 9.9.9.9, 8.8.8.8")]
    [InlineData("Forwarded: for=9.9.9.9")]
    [InlineData("X-Real-IP: 9.9.9.9")]
    [InlineData("X-Forwarded-Proto: javascript")]
    [InlineData("X-Forwarded-Host: evil.example")]
    [InlineData("Beam-Hop: http 9.9.9.9 0123456789012345678901234567890123456789012")]
    public async Task Client_HasTheAddressThatTheFirstNodeSaw(string header)
    {
        var (first, second) = (TestPorts.Free(), TestPorts.Free());
        (string, string)[] nodes = [("n1", Local(first)), ("n2", Local(second))];
        var one = await StartForwardingAsync("n1", first, nodes: nodes);
        var seen = new ConcurrentQueue<(IHeaderDictionary Headers, IPAddress? Address)>();
        var two = await StartAsync(
            builder => builder.Services
                .AddBeam(static options => options.NodeId = "n2")
                .AddNodeForwarding(options =>
                {
                    options.Secret = Secret;
                    options.Nodes["n1"] = new Uri(Local(first));
                }),
            app =>
            {
                app.Use(async (context, next) =>
                {
                    var headers = new HeaderDictionary(context.Request.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase));
                    await next(context);
                    seen.Enqueue((headers, context.Connection.RemoteIpAddress));
                });
                app.UseRouting();
                app.MapBeam();
            },
            second);
        var client = Curl("--interface", "127.0.0.2", "-H", header, $"{one.Url}/{await two.MintAsync()}/a?status");
        Assert.Equal(0, await client.WaitAsync());

        await Eventually.TrueAsync(() => seen.Count == 2, "both requests are over");
        var (received, address) = seen.Last();
        Assert.Equal(IPAddress.Parse("127.0.0.2"), address);
        Assert.Equal("127.0.0.2", received["X-Forwarded-For"].ToString());
        Assert.Equal("http", received["X-Forwarded-Proto"].ToString());
        Assert.DoesNotContain(received, static field
            => field.Value.ToString().Contains("9.9.9.9", StringComparison.Ordinal)
                || field.Value.ToString().Contains("evil", StringComparison.Ordinal)
                || field.Value.ToString().Contains("javascript", StringComparison.Ordinal));
    }

    /// <summary>The seal is good for one address only.</summary>
    [Fact]
    public void Seal_CoversTheAddress()
    {
        var seal = new HopSeal(Secret);
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Scheme) = ("GET", "https");
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = "/n2.a/b";
        context.Connection.RemoteIpAddress = IPAddress.Parse("2001:db8::1");
        var made = seal.Make(context, new Uri("http://n2/n2.a/b"));

        context.Request.Headers[HopSeal.Header] = made;
        Assert.Equal(new HopClient("https", IPAddress.Parse("2001:db8::1")), seal.Read(context));
        context.Request.Headers[HopSeal.Header] = made.Replace("2001:db8::1", "2001:db8::2", StringComparison.Ordinal);
        Assert.Null(seal.Read(context));
        context.Request.Headers[HopSeal.Header] = made.Replace("https", "http", StringComparison.Ordinal);
        Assert.Null(seal.Read(context));
    }

    [Fact]
    public void Seal_SaysSo_WhenAClientHasNoAddress()
    {
        var seal = new HopSeal(Secret);
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Scheme) = ("GET", "http");
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = "/n2.a/b";
        context.Request.Headers[HopSeal.Header] = seal.Make(context, new Uri("http://n2/n2.a/b"));

        Assert.Equal(new HopClient("http", Address: null), seal.Read(context));
    }

    [Fact]
    public async Task InventedNodes_AreTriedFewAtATime_AndOnce()
    {
        // The port of a name that leads to this machine, at which nobody listens.
        var node = await StartForwardingAsync(
            "n1", 0, options => options.AddressTemplate = $"http://beam-{{node}}.localhost:{TestPorts.Free()}");
        for (var i = 0; i < 3; i++)
        {
            using var answer = await Http.GetAsync(new Uri($"{node.Url}/n9.0123456789abcdefghjkmnpqrs/a"));
            Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        }
    }

    [Fact]
    public async Task OtherSecret_DoesNotCount()
    {
        var (first, second) = (TestPorts.Free(), TestPorts.Free());
        var one = await StartForwardingAsync("n1", first, ("n2", Local(second)));
        await StartForwardingAsync(
            "n2",
            second,
            configure: static options => options.Secret = "another secret of at least 32 characters",
            nodes: ("n1", Local(first)));

        // A node answers for its own token, whichever node passes it on, but it does not believe the seal.
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{one.Url}/n2.0123456789abcdefghjkmnpqrs/a");
        using var answer = await Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task DeadNode_IsToldOfAtOnce()
    {
        var (one, two) = await StartPairAsync();
        var token = await one.MintAsync();
        await one.KillAsync();
        using var answer = await Http.GetAsync(new Uri($"{two.Url}/{token}/a"));

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(
            "The node of this token cannot be reached; try again, or with a new token.\n",
            await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task HangingNode_IsGivenUp()
    {
        // It accepts connections and says nothing.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var node = await StartForwardingAsync(
            "n1",
            0,
            beam: static options => (options.WaitTimeout, options.StallTimeout) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)),
            nodes: ("n2", Local(((IPEndPoint)silent.LocalEndpoint).Port)));
        var client = Curl("-w", "%{http_code}", $"{node.Url}/n2.0123456789abcdefghjkmnpqrs/a");

        Assert.Equal(0, await client.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal("The node did not answer in time.\n504", client.OutputText);
    }

    [Fact]
    public async Task UnknownNode_IsAnUnknownToken()
    {
        var (one, _) = await StartPairAsync();
        using var answer = await Http.GetAsync(new Uri($"{one.Url}/n9.0123456789abcdefghjkmnpqrs/a"));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("", "http://beam-{node}.internal:8080", "Secret")]
    [InlineData(Secret, "http://{node}:8080", "AddressTemplate")]
    [InlineData(Secret, "http://{node}.:8080", "AddressTemplate")]
    [InlineData(Secret, "http://{node}..:8080", "AddressTemplate")]
    [InlineData(Secret, "http://{node}\u3002:8080", "AddressTemplate")]
    [InlineData(Secret, "http://{node}%2E:8080", "AddressTemplate")]
    [InlineData(Secret, "http://0x{node}:8080", "AddressTemplate")]
    [InlineData(Secret, "http://1{node}:8080", "AddressTemplate")]
    [InlineData(Secret, "http://{node}.1:8080", "AddressTemplate")]
    [InlineData(Secret, "http://10.{node}:8080", "AddressTemplate")]
    [InlineData(Secret, "http://10.0.0.{node}:8080", "AddressTemplate")]
    [InlineData(Secret, "http://{node}@beam.internal", "AddressTemplate")]
    [InlineData(Secret, "http://beam.internal:8080", "AddressTemplate")]
    [InlineData(Secret, "http://beam.internal/{node}", "AddressTemplate")]
    [InlineData(Secret, "ftp://beam-{node}.internal", "AddressTemplate")]
    [InlineData(Secret, null, "Nodes")]
    public async Task Start_Fails_WithTheOptionsName(string secret, string? template, string option)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => StartForwardingAsync("n1", 0, options =>
        {
            options.Secret = secret;
            options.AddressTemplate = template;
        }));

        Assert.Contains(exception.Failures, failure => failure.Contains(option, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://beam-{node}:8080")]
    [InlineData("https://beam-{node}.beam.internal")]
    [InlineData("http://{node}.beam.internal:8080")]
    [InlineData("http://beam-{node}.beam.svc.cluster.local.:8080/")]
    public async Task Start_Succeeds_WhenATemplateNamesTheHostsOfNodesOnly(string template)
    {
        var node = await StartForwardingAsync("n1", 0, options => options.AddressTemplate = template);

        Assert.NotNull(node);
    }

    [Fact]
    public async Task Start_Fails_WithoutANodeId()
        => await Assert.ThrowsAsync<OptionsValidationException>(() => StartForwardingAsync(null, 0, nodes: ("n2", Local(1))));

    private static string Local(int port) => $"http://127.0.0.1:{port}";

    private async Task<(TestServer One, TestServer Two)> StartPairAsync()
    {
        var (first, second) = (TestPorts.Free(), TestPorts.Free());
        (string, string)[] nodes = [("n1", Local(first)), ("n2", Local(second))];
        return (await StartForwardingAsync("n1", first, nodes: nodes), await StartForwardingAsync("n2", second, nodes: nodes));
    }

    private Task<TestServer> StartForwardingAsync(string? nodeId, int port, params (string Id, string Url)[] nodes)
        => StartForwardingAsync(nodeId, port, configure: null, beam: null, nodes);

    private Task<TestServer> StartForwardingAsync(
        string? nodeId,
        int port,
        Action<NodeForwardingOptions>? configure = null,
        Action<BeamOptions>? beam = null,
        params (string Id, string Url)[] nodes)
        => StartAsync(
            builder => builder.Services.AddBeam(options =>
            {
                options.NodeId = nodeId;
                WithoutResuming(options);
                beam?.Invoke(options);
            }).AddNodeForwarding(options =>
            {
                options.Secret = Secret;
                foreach (var (id, url) in nodes)
                {
                    options.Nodes[id] = new Uri(url);
                }

                configure?.Invoke(options);
            }),
            static app => app.MapBeam(),
            port);
}
