using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;

namespace Beam.Yarp.Tests.Servers;

/// <summary>The configuration of a gateway before nodes, which can change while it runs.</summary>
internal sealed class NodeGatewayConfig
{
    private readonly Dictionary<string, DestinationConfig> _nodes = new(StringComparer.Ordinal);

    public NodeGatewayConfig(params IEnumerable<(string Id, string Url)> nodes)
    {
        foreach (var (id, url) in nodes)
        {
            _nodes[id] = new DestinationConfig { Address = url };
        }

        Provider = new InMemoryConfigProvider([Route], [Cluster]);
    }

    public InMemoryConfigProvider Provider { get; }

    public RouteConfig Route { get; init; } = new()
    {
        RouteId = "beam",
        ClusterId = "nodes",
        Match = new RouteMatch { Path = "/{**rest}" },
    };

    /// <summary>Gets how nodes are connected to.</summary>
    public HttpClientConfig? HttpClient { get; init; }

    private ClusterConfig Cluster => new()
    {
        ClusterId = "nodes",
        HttpClient = HttpClient,
        Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["Beam"] = "true" },
        Destinations = new Dictionary<string, DestinationConfig>(_nodes, StringComparer.Ordinal),
    };

    public void Register(WebApplicationBuilder builder)
    {
        Update();
        builder.Services.AddSingleton<IProxyConfigProvider>(Provider);
        builder.Services.AddReverseProxy().AddBeam();
    }

    public void Add(string id, string url)
    {
        _nodes[id] = new DestinationConfig { Address = url };
        Update();
    }

    public void Drain(string id)
    {
        _nodes[id] = _nodes[id] with { Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["BeamDrain"] = "true" } };
        Update();
    }

    private void Update() => Provider.Update([Route], [Cluster]);
}
