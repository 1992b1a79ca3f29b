using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;

namespace Beam.Yarp.Tests.Balancers;

/// <summary>A balancer that has never heard of Beam and leads requests anywhere, but asks the nodes whether they live.</summary>
internal sealed class RandomBalancer : IBalancer
{
    private readonly TestServer _server;

    private RandomBalancer(TestServer server) => _server = server;

    public string Url => _server.Url;

    public static async Task<IBalancer> StartAsync(params int[] nodePorts)
    {
        var route = new RouteConfig { RouteId = "all", ClusterId = "any", Match = new RouteMatch { Path = "{**path}" } };
        var cluster = new ClusterConfig
        {
            ClusterId = "any",
            LoadBalancingPolicy = "Random",
            HealthCheck = new HealthCheckConfig
            {
                Active = new ActiveHealthCheckConfig
                {
                    Enabled = true,
                    Interval = TimeSpan.FromMilliseconds(200),
                    Timeout = TimeSpan.FromSeconds(2),
                    Path = "/",
                },
            },
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["ConsecutiveFailuresHealthPolicy.Threshold"] = "1" },
            Destinations = nodePorts
                .Select(static (port, i) => (Id: $"n{i + 1}", Url: $"http://127.0.0.1:{port}"))
                .ToDictionary(static node => node.Id, static node => new DestinationConfig { Address = node.Url }, StringComparer.Ordinal),
        };
        return new RandomBalancer(await GatewayServer.StartAsync(
            builder => builder.Services.AddReverseProxy().LoadFromMemory([route], [cluster]),
            static app => app.MapReverseProxy()));
    }

    // It knows no such thing; a node that is drained here is one that will be killed.
    public Task DrainAsync(int node) => Task.CompletedTask;

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
