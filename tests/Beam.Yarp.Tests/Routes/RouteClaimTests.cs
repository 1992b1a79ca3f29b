using Beam.Conformance;
using Beam.Yarp.Tests.Servers;

namespace Beam.Yarp.Tests.Routes;

/// <summary>What receivers claim, and what their answers promise, through a route of a gateway whose relay is in its process.</summary>
public sealed class RouteClaimTests : ClaimConformance
{
    protected override async Task<BeamHost> StartAsync(BeamHostSettings settings)
        => await KestrelBeamHost.StartAsync(settings, mounting: BeamRouteMounting.AtDrop);
}
