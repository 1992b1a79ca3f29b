using Xunit;

namespace Beam.Conformance;

/// <summary>Sides that break off and come back: every host of Beam derives from this, once.</summary>
public abstract class ComebackConformance
{
    /// <summary>Every fault after which somebody can come back.</summary>
    public static TheoryData<Fault> Faults => [.. Comeback.All.Select(static cell => cell.Fault).Distinct()];

    /// <summary>Plays one fault at every moment.</summary>
    [Theory]
    [MemberData(nameof(Faults))]
    [Trait("Rule", "P22")]
    [Trait("Rule", "P23")]
    public async Task WhoBreaksOff_GoesOnWithCurl_AndBothEndWell(Fault fault)
    {
        var results = await Comeback.RunAsync(Comeback.All.Where(cell => cell.Fault == fault && Includes(cell)), StartAsync);
        var bad = results.Where(static result => result.Problems.Count > 0).ToList();
        if (bad.Count > 0)
        {
            throw new ConformanceException(string.Join('\n', bad));
        }
    }

    /// <summary>Says whether a cell is played; all are unless a host has good reason.</summary>
    protected virtual bool Includes(Cell cell) => true;

    /// <summary>Starts the host that is tested.</summary>
    protected abstract Task<BeamHost> StartAsync(BeamHostSettings settings);
}
