using Beam.Conformance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging;

namespace Beam.Yarp.Tests.Servers;

/// <summary>A Beam node behind a gateway, which clients reach through the gateway only.</summary>
internal sealed class GatewayBeamHost : BeamHost
{
    // The gateway is on this machine, which is where the framework believes forwarding headers from.
    private static readonly BeamMounting BehindTheGateway = new("", static _ => { }, static app =>
    {
        app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor });
        app.MapBeam();
    });

    private readonly KestrelBeamHost _node;
    private readonly TestServer _gateway;

    private GatewayBeamHost(KestrelBeamHost node, TestServer gateway)
    {
        _node = node;
        _gateway = gateway;
    }

    public override string Http1Url => _gateway.Url;

    public override string? Http2Url => _gateway.Http2Url;

    public override TimeSpan StallTimeout => _node.StallTimeout;

    public override bool IsInspectable => true;

    public override bool CanStop => true;

    public override IReadOnlyList<string> Complaints =>
    [
        .. _node.Complaints,
        .. _gateway.Logs.AtLeast(LogLevel.Error).Select(
            static entry => $"{entry.Level} {entry.Category} {entry.EventId}: {entry.Message} {entry.Exception}"),
    ];

    public static async Task<BeamHost> StartAsync(BeamHostSettings settings)
    {
        var node = await KestrelBeamHost.StartAsync(settings, options => options.NodeId = "n1", mounting: BehindTheGateway);
        var config = new NodeGatewayConfig(("n1", node.Http1Url));
        return new GatewayBeamHost(node, await GatewayServer.StartAsync(config.Register, static app => app.MapReverseProxy()));
    }

    public override Task<RelayHoldings> GetHoldingsAsync() => _node.GetHoldingsAsync();

    public override Task StopAsync() => _node.StopAsync();

    public override async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _node.DisposeAsync();
        await base.DisposeAsync();
    }
}
