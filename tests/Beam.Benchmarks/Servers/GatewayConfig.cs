using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;

namespace Beam.Benchmarks.Servers;

/// <summary>YARP before one node, as docs/scaling.md has it.</summary>
internal static class GatewayConfig
{
    public static void Register(WebApplicationBuilder builder)
    {
        var route = new RouteConfig { RouteId = "beam", ClusterId = "nodes", Match = new RouteMatch { Path = "{**rest}" } };
        var cluster = new ClusterConfig
        {
            ClusterId = "nodes",
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["Beam"] = "true" },
            Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal)
            {
                [ServeCommand.NodeId] = new() { Address = builder.Configuration["Node"]! },
            },
        };
        builder.Services.AddReverseProxy().LoadFromMemory([route], [cluster]).AddBeam();
    }
}
