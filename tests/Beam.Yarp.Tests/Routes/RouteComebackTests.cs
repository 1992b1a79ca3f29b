using Beam.Conformance;
using Beam.Yarp.Tests.Servers;

namespace Beam.Yarp.Tests.Routes;

/// <summary>Sides that break off and come back, through a route of a gateway whose relay is in its process.</summary>
public sealed class RouteComebackTests : ComebackConformance
{
    protected override bool Includes(Cell cell) => MatrixPart.IncludesComeback(cell);

    protected override async Task<BeamHost> StartAsync(BeamHostSettings settings)
        => await KestrelBeamHost.StartAsync(settings, mounting: BeamRouteMounting.AtDrop);
}
