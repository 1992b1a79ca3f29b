using Beam.Conformance;

namespace Beam.Yarp.Tests.Servers;

/// <summary>
/// How much of the fault matrix runs through gateways: every row, but not every pair of protocols in it. The relay's own run has them all,
/// and so has this with <c>BEAM_FULL_MATRIX=1</c>.
/// </summary>
internal static class MatrixPart
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("BEAM_FULL_MATRIX") == "1";

    public static bool Includes(Cell cell) => IsFull || (cell.Storage == Storage.Memory
        ? cell.Sender == cell.Receiver
        : cell is { Sender: Wire.Http1, Receiver: Wire.Http1, Framing: Framing.Length });

    /// <summary>
    /// Whether a cell in which somebody comes back runs: one protocol on both sides, and a length. Bytes go to the disk over HTTP/1.1 only.
    /// </summary>
    public static bool IncludesComeback(Cell cell)
        => IsFull
            || (cell.Sender == cell.Receiver
                && cell.Framing == Framing.Length
                && (cell.Storage == Storage.Memory || cell.Sender == Wire.Http1));
}
