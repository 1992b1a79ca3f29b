namespace Beam.Conformance.Tests;

public sealed class KestrelComebackTests : ComebackConformance
{
    // A third of the cells, every protocol and storage among them; Beam.FaultMatrix plays all.
    protected override bool Includes(Cell cell) => Comeback.All.ToList().IndexOf(cell) % 3 == 0;

    protected override async Task<BeamHost> StartAsync(BeamHostSettings settings) => await KestrelBeamHost.StartAsync(settings);
}
