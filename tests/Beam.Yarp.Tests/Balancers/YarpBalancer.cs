using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;

namespace Beam.Yarp.Tests.Balancers;

/// <summary>YARP with Beam.Yarp.</summary>
internal sealed class YarpBalancer : IBalancer
{
    private readonly NodeGatewayConfig _config;
    private readonly TestServer _server;

    private YarpBalancer(NodeGatewayConfig config, TestServer server)
    {
        _config = config;
        _server = server;
    }

    public string Url => _server.Url;

    public static async Task<IBalancer> StartAsync(params int[] nodePorts)
    {
        var config = new NodeGatewayConfig(nodePorts.Select(static (port, i) => ($"n{i + 1}", $"http://127.0.0.1:{port}")));
        return new YarpBalancer(config, await GatewayServer.StartAsync(config.Register, static app => app.MapReverseProxy()));
    }

    public Task DrainAsync(int node)
    {
        _config.Drain($"n{node + 1}");
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
