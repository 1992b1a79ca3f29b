using Beam.Conformance;
using Beam.Yarp.Tests.Servers;

namespace Beam.Yarp.Tests.Routes;

/// <summary>
/// The fault matrix through a route of a gateway whose relay is in its process: the answers are those of a plain application.
/// </summary>
public sealed class RouteFaultMatrixTests : FaultMatrixConformance
{
    protected override bool Includes(Cell cell) => MatrixPart.Includes(cell);

    protected override async Task<BeamHost> StartAsync(BeamHostSettings settings)
        => await KestrelBeamHost.StartAsync(settings, mounting: BeamRouteMounting.AtDrop);
}
