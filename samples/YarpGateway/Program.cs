using YarpGateway;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

// A node alone, which can be killed without the others.
if (builder.Configuration["Node"] is { Length: > 0 } name)
{
    await using var node = BeamNode.Build(builder, name);
    await node.RunAsync();
    return;
}

// 1. Behind the gateway stand an ordinary site and, in the profile "Nodes", three Beam nodes.
await using var site = Site.Build(builder.Configuration["Site"]!);
await site.StartAsync();
var nodes = new List<WebApplication>();
foreach (var (id, url) in BeamNode.Configured(builder.Configuration))
{
    var node = BeamNode.Build(
        WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory }),
        id);
    node.Urls.Clear();
    node.Urls.Add(url);
    await node.StartAsync();
    nodes.Add(node);
}

// 2. The gateway. A route with the transform "Beam" is served here; a cluster with the metadata "Beam" consists of nodes.
builder.WebHost.UseBeamDefaults();

// Beam's tokens are part of paths, which ASP.NET Core and YARP would log.
builder.Logging.HideBeamTokens();
builder.Services.AddReverseProxy()
    .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
    .AddBeam();

await using var gateway = builder.Build();
gateway.MapReverseProxy();
await gateway.StartAsync();
Console.WriteLine($"The gateway listens on {gateway.Urls.First()}");
await gateway.WaitForShutdownAsync();

await Task.WhenAll(nodes.Select(static node => node.StopAsync()));
