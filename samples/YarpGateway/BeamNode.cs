using Microsoft.AspNetCore.HttpOverrides;

namespace YarpGateway;

/// <summary>A Beam node behind the gateway.</summary>
internal static class BeamNode
{
    /// <summary>The nodes that run in this process: those that the configuration gives an address.</summary>
    public static IEnumerable<(string Id, string Url)> Configured(IConfiguration configuration)
        => configuration.GetSection("Nodes").GetChildren()
            .Where(static node => !string.IsNullOrEmpty(node.Value))
            .Select(static node => (node.Key, node.Value!));

    public static WebApplication Build(WebApplicationBuilder builder, string id)
    {
        builder.WebHost.UseBeamDefaults();
        builder.Logging.HideBeamTokens();
        builder.Services.AddBeam(options => options.NodeId = id);

        // The gateway is on this machine, so the framework's default is right: it trusts loopback only.
        builder.Services.Configure<ForwardedHeadersOptions>(static options =>
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto);

        var app = builder.Build();
        app.UseForwardedHeaders();
        app.MapBeam("/nodes");
        return app;
    }
}
