namespace Beam.Conformance.Tests;

public sealed class KestrelFaultMatrixTests : FaultMatrixConformance
{
    protected override async Task<BeamHost> StartAsync(BeamHostSettings settings) => await KestrelBeamHost.StartAsync(settings);
}
