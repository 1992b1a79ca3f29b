using Beam.Conformance;
using Beam.Functions.Tests.Support;

namespace Beam.Functions.Tests.StandIn;

/// <summary>
/// The cells of the fault matrix that mean something behind the Functions host. They use HTTP/1.1, which the host's server speaks. They
/// have every fault except the orderly stop of the program, which the host does not know. Cells with bytes on the disk take as long
/// again, and run only with BEAM_WHOLE_MATRIX=1.
/// </summary>
public sealed class FaultMatrixTests(PublishedSample sample)
{
    // A process for each cell; more at a time only wait for each other.
    private const int Parallelism = 4;

    private static readonly bool IsWhole = Environment.GetEnvironmentVariable("BEAM_WHOLE_MATRIX") == "1";

    public static TheoryData<Fault> Faults => [.. Enum.GetValues<Fault>().Where(static fault => fault != Fault.ServerStopping)];

    [Theory]
    [MemberData(nameof(Faults))]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P2")]
    [Trait("Rule", "P4")]
    [Trait("Rule", "P5")]
    public async Task Fault_IsToldToBothSidesAndLeavesNothing(Fault fault)
    {
        var cells = Cell.All.Where(cell =>
            cell.Fault == fault && cell is { Sender: Wire.Http1, Receiver: Wire.Http1 } && (IsWhole || cell.Storage == Storage.Memory));

        var results = await FaultMatrix.RunAsync(
            cells,
            async settings => await StandInBeamHost.StartAsync(sample.Folder, settings),
            Parallelism);

        Assert.NotEmpty(results);
        var bad = string.Join('\n', results.Where(static result => result.Problems.Count > 0));
        Assert.True(bad.Length == 0, bad);
    }
}
