using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;

namespace Beam.Yarp.Tests.Servers;

/// <summary>What tests with servers and clients share: everything ends with the test, the newest first.</summary>
public abstract class GatewayTests : IAsyncLifetime
{
    private protected const string Secret = "a secret of at least 32 characters";

    // Transfers that run at the same time add to it.
    private readonly ConcurrentStack<IAsyncDisposable> _owned = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        while (_owned.TryPop(out var owned))
        {
            await owned.DisposeAsync();
        }
    }

    private protected T Own<T>(T owned)
        where T : IAsyncDisposable
    {
        _owned.Push(owned);
        return owned;
    }

    private protected async Task<TestServer> StartAsync(Action<WebApplicationBuilder> register, Action<WebApplication> map, int port = 0)
        => Own(await TestServer.StartAsync(register, map, port));

    /// <summary>Starts a gateway with Beam as the route <c>/drop</c>.</summary>
    private protected Task<TestServer> StartRouteAsync(Action<BeamOptions>? configure = null, Func<RouteConfig, RouteConfig>? route = null, params ClusterConfig[] clusters)
        => StartAsync(
            builder => builder.Services.AddReverseProxy()
                .LoadFromMemory([(route ?? BeamRouteMounting.WithBeam)(BeamRouteMounting.Route())], clusters)
                .AddBeam(options =>
                {
                    WithoutResuming(options);
                    configure?.Invoke(options);
                }),
            static app => app.MapReverseProxy());

    /// <summary>A side that breaks off is gone for good, so that what others are told of it comes at once.</summary>
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

    /// <summary>Starts curl, silent but for errors, its output unbuffered.</summary>
    private protected ClientProcess Curl(params IEnumerable<string> arguments)
        => Own(ClientProcess.Start("curl", ["-q", "-sSN", "--max-time", "60", .. arguments]));

    /// <summary>Starts a curl that uploads bytes of a known number.</summary>
    private protected ClientProcess Upload(byte[] bytes, string url, params IEnumerable<string> arguments)
        => Own(ClientProcess.Start("curl", ["-q", "-sSN", "--max-time", "60", "--fail-with-body", .. arguments, "-X", "PUT", "--data-binary", "@-", url], bytes));

    private protected async Task<RawHttpClient> ConnectAsync(int port, int? receiveBufferBytes = null)
    {
        var client = await RawHttpClient.ConnectAsync(port, receiveBufferBytes);
        Own(new Owned(client));
        return client;
    }

    private protected TempFolder NewFolder()
    {
        var folder = new TempFolder();
        Own(new Owned(folder));
        return folder;
    }

    private sealed class Owned(IDisposable disposable) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            disposable.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
