namespace Beam.Conformance.Tests;

public sealed class KestrelClaimTests : ClaimConformance
{
    protected override async Task<BeamHost> StartAsync(BeamHostSettings settings) => await KestrelBeamHost.StartAsync(settings);
}
