using Xunit;

namespace Beam.Conformance;

/// <summary>The fault matrix as tests: whatever hosts Beam derives from this, once.</summary>
public abstract class FaultMatrixConformance
{
    /// <summary>Every fault at every moment at which it means something, for each storage.</summary>
    public static TheoryData<Fault, Moment, Storage> Rows =>
        [.. Cell.All.Select(static cell => (cell.Fault, cell.Moment, cell.Storage)).Distinct()];

    /// <summary>Plays one row: both protocols on both sides, with and without a length.</summary>
    [Theory]
    [MemberData(nameof(Rows))]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P2")]
    [Trait("Rule", "P4")]
    [Trait("Rule", "P5")]
    public async Task Fault_IsToldToBothSidesAndLeavesNothing(Fault fault, Moment moment, Storage storage)
    {
        var cells = Cell.All.Where(cell => cell.Fault == fault && cell.Moment == moment && cell.Storage == storage && Includes(cell));
        var results = await FaultMatrix.RunAsync(cells, StartAsync);
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
