using Beam.Conformance;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace Beam.Yarp.Tests.Servers;

/// <summary>Beam as a route of a gateway.</summary>
internal static class BeamRouteMounting
{
    public static BeamMounting AtDrop { get; } = new(
        "/drop",
        static builder => builder.Services.AddReverseProxy()
            .LoadFromMemory([WithBeam(Route())], [])
            .AddBeam(),
        static app => app.MapReverseProxy());

    public static RouteConfig Route() => new() { RouteId = "drop", Match = new RouteMatch { Path = "/drop/{**rest}" } };

    public static RouteConfig WithBeam(RouteConfig route) => route.WithTransformBeam("/drop");
}
