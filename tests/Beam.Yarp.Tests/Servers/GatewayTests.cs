using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;

namespace Beam.Yarp.Tests.Servers;

/// <summary>What tests with servers and clients share: everything ends with the test, the newest first.</summary>
public abstract class GatewayTests : IAsyncLifetime
{
    private protected const string Secret = "a secret of at least 32 characters";

    private readonly Belongings _owned = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _owned.DisposeAsync();
    }

    private protected T Own<T>(T owned)
        where T : IAsyncDisposable => _owned.Add(owned);

    private protected async Task<TestServer> StartAsync(Action<WebApplicationBuilder> register, Action<WebApplication> map, int port = 0)
        => Own(await GatewayServer.StartAsync(register, map, port));

    /// <summary>Starts a gateway with Beam as the route <c>/drop</c>.</summary>
    private protected Task<TestServer> StartRouteAsync(
        Action<BeamOptions>? configure = null,
        Func<RouteConfig, RouteConfig>? route = null,
        params ClusterConfig[] clusters)
        => StartAsync(
            builder => builder.Services.AddReverseProxy()
                .LoadFromMemory([(route ?? BeamRouteMounting.WithBeam)(BeamRouteMounting.Route())], clusters)
                .AddBeam(options =>
                {
                    WithoutResuming(options);
                    configure?.Invoke(options);
                }),
            static app => app.MapReverseProxy());

    /// <summary>A side that breaks off is gone for good, so that the other side learns of it at once.</summary>
    private protected static void WithoutResuming(BeamOptions options) => options.ResumeTimeout = TimeSpan.Zero;

    /// <summary>Starts a Beam node.</summary>
    private protected Task<TestServer> StartNodeAsync(string nodeId, Action<BeamOptions>? configure = null, int port = 0)
        => StartAsync(
            builder => builder.Services.AddBeam(options =>
            {
                options.NodeId = nodeId;
                WithoutResuming(options);
                configure?.Invoke(options);
            }),
            static app => app.MapBeam(),
            port);

    /// <summary>Starts a gateway before nodes.</summary>
    private protected async Task<NodeGateway> StartGatewayAsync(params (string Id, string Url)[] nodes)
    {
        var config = new NodeGatewayConfig(nodes);
        return new NodeGateway(config, await StartAsync(config.Register, static app => app.MapReverseProxy()));
    }

    /// <summary>Starts curl, silent except for errors, its output unbuffered.</summary>
    private protected ClientProcess Curl(params IEnumerable<string> arguments)
        => Own(ClientProcess.Start("curl", ["-q", "-sSN", "--max-time", "60", .. arguments]));

    /// <summary>Starts a curl that uploads bytes of a known number.</summary>
    private protected ClientProcess Upload(byte[] bytes, string url, params IEnumerable<string> arguments)
        => Own(ClientProcess.Start(
            "curl", ["-q", "-sSN", "--max-time", "60", "--fail-with-body", .. arguments, "-X", "PUT", "--data-binary", "@-", url], bytes));

    private protected async Task<RawHttpClient> ConnectAsync(int port, int? receiveBufferBytes = null)
        => _owned.AddDisposable(await RawHttpClient.ConnectAsync(port, receiveBufferBytes));

    /// <summary>Has the server cut clients that send less than a megabyte a second.</summary>
    private protected static void WithMinimumRate(WebApplicationBuilder builder) => builder.WebHost.ConfigureKestrel(static kestrel =>
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1_000_000, gracePeriod: TimeSpan.FromSeconds(2)));

    /// <summary>An endpoint of the ordinary kind.</summary>
    private protected static async Task ReadAsync(HttpContext context)
    {
        try
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException exception)
        {
            context.Response.StatusCode = exception.StatusCode;
        }
    }

    /// <summary>Sends a piece, and the rest after the server has cut a client that was as slow on its endpoint <c>/other</c>.</summary>
    private protected async Task PassSlowlyAsync(TestServer server, string path)
    {
        var receiver = Curl("--fail", server.Url + path);
        var sender = await ConnectAsync(server.Port);
        await sender.SendAsync($"PUT {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
        await sender.SendChunkAsync("before, "u8.ToArray());
        await receiver.WaitForOutputAsync("before, ");
        var other = await ConnectAsync(server.Port);
        await other.SendAsync("POST /other HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
        await other.SendChunkAsync("before, "u8.ToArray());
        Assert.Equal(408, (await other.ReadHeadAsync()).Status);
        await sender.SendChunkAsync("after"u8.ToArray());
        await sender.SendChunkAsync(ReadOnlyMemory<byte>.Empty);

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal("before, after", receiver.OutputText);
        Assert.Equal(200, (await sender.ReadHeadAsync()).Status);
    }

    private protected TempFolder NewFolder() => _owned.AddDisposable(new TempFolder());
}
