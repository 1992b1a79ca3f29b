using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace Beam.Yarp.Tests.Routes;

/// <summary>What a route's configuration may say, and that start-up reports a mistake in it with the route's name.</summary>
public sealed class RouteConfigTests : GatewayTests
{
    public static TheoryData<string, string, string> Mistakes => new()
    {
        { "drop", "/drop/{**rest}", "'drop' is no path that Beam can be mounted at" },
        { "", "/drop/{**rest}", "'' is no path" },
        { "/drop//x", "/drop/{**rest}", "is no path" },
        { "/{tenant}", "/{tenant}/{**rest}", "is no path" },
        { "/drop/..", "/drop/{**rest}", "is no path" },
        { "/drop", "/other/{**rest}", "'/other/{**rest}' does not lie under '/drop'; it is like '/drop/{**rest}'" },
        { "/drop", "", "'' does not lie under '/drop'" },
        { "/drop", "/dropped/{**rest}", "does not lie under" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Start_Fails_WithTheRoutesName(string prefix, string path, string expected)
    {
        var route = BeamRouteMounting.Route() with { Match = new RouteMatch { Path = path, Hosts = ["localhost"] } };

        Assert.Contains(expected, await FailureAsync(route.WithTransformBeam(prefix)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_Fails_WhenTheRouteHasWhatWouldDoNothingOrHarm()
    {
        var route = BeamRouteMounting.WithBeam(BeamRouteMounting.Route());

        Assert.Contains(
            "MaxRequestBodySize would cut transfers",
            await FailureAsync(route with { MaxRequestBodySize = 1000 }),
            StringComparison.Ordinal);
        Assert.Contains(
            "never reaches the cluster 'mine'",
            await FailureAsync(route with { ClusterId = "mine" }),
            StringComparison.Ordinal);
        Assert.Contains("Other transforms", await FailureAsync(route.WithTransformPathPrefix("/x")), StringComparison.Ordinal);
        Assert.Contains(
            "takes one value",
            await FailureAsync(BeamRouteMounting.Route().WithTransform(
                static transform => (transform["Beam"], transform["When"]) = ("/drop", "Always"))),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfigurationFile_NeedsNoCluster()
    {
        var gateway = await StartAsync(
            static builder =>
            {
                builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
                {
                    ["Proxy:Routes:drop:Match:Path"] = "/drop/{**rest}",
                    ["Proxy:Routes:drop:Transforms:0:Beam"] = "/drop",
                });
                builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("Proxy")).AddBeam();
            },
            static app => app.MapReverseProxy());

        Assert.NotEmpty(await gateway.MintAsync("/drop"));
    }

    [Fact]
    public async Task Root_CanBeBeams()
    {
        var gateway = await StartRouteAsync(
            route: static route => (route with { Match = new RouteMatch { Path = "{**rest}" } }).WithTransformBeam("/"));

        Assert.NotEmpty(await gateway.MintAsync());
    }

    [Fact]
    public async Task Timeout_IsWarnedOf()
    {
        var gateway = await StartAsync(
            static builder =>
            {
                builder.Services.AddRequestTimeouts();
                var route = BeamRouteMounting.Route() with { Timeout = TimeSpan.FromSeconds(3) };
                builder.Services.AddReverseProxy().LoadFromMemory([BeamRouteMounting.WithBeam(route)], []).AddBeam();
            },
            static app =>
            {
                app.UseRequestTimeouts();
                app.MapReverseProxy();
            });

        Assert.Contains(gateway.Logs.Entries, static entry => entry.EventId.Id == 3001);
    }

    [Fact]
    public void AddBeam_SaysWhatIsMissing()
    {
        var context = new global::Yarp.ReverseProxy.Transforms.Builder.TransformBuilderContext
        {
            Services = new ServiceCollection().BuildServiceProvider(),
        };

        Assert.Contains(
            "AddReverseProxy().AddBeam()",
            Assert.Throws<InvalidOperationException>(() => context.AddBeam("/drop")).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => context.AddBeam("drop"));
    }

    private async Task<string> FailureAsync(RouteConfig route)
    {
        var cluster = new ClusterConfig { ClusterId = "mine" };
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => StartRouteAsync(route: _ => route, clusters: [cluster]));
        var text = exception.ToString();
        Assert.Contains("Route 'drop' is served by Beam.", text, StringComparison.Ordinal);
        return text;
    }
}
