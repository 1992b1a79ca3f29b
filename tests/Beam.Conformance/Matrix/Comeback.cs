namespace Beam.Conformance;

/// <summary>The cells of the fault matrix in which the side that broke off comes back with a plain curl and goes on.</summary>
public static class Comeback
{
    // It takes a busy machine to see one in hundreds.
    private const int MostTries = 3;

    /// <summary>How long the relay waits for a side that broke off.</summary>
    public static TimeSpan ResumeTimeout { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Every such cell.</summary>
    public static IReadOnlyList<Cell> All { get; } = [.. Cell.All.Where(static cell => WhyMeaningless(cell) is null)];

    /// <summary>Why nobody comes back in a cell; <see langword="null"/> when somebody does.</summary>
    public static string? WhyMeaningless(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return cell switch
        {
            { Fault: Fault.ServerStopping } => "what was not handed in ends with its server",
            { Fault: Fault.ReceiverKilled or Fault.ReceiverReset, Moment: Moment.BeforePairing }
                => "a receiver without a sender has nothing to come back for",
            { Fault: Fault.ReceiverStalled, Storage: Storage.Memory } => "its system may have held more than the relay keeps in memory",
            { Fault: Fault.ReceiverStalled, Moment: Moment.LastByte } => "its system has everything, so the transfer ends with sent",
            { Fault: Fault.ReceiverKilledAfterBuffering, Receiver: Wire.Http2 } => "over HTTP/2 the transfer has ended with sent by then",
            _ => null,
        };
    }

    /// <summary>Runs cells, each against a host of its own.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="start">Starts a host; it is disposed here.</param>
    /// <param name="ended">Called with each result as it comes, from any thread.</param>
    public static Task<IReadOnlyList<CellResult>> RunAsync(
        IEnumerable<Cell> cells,
        Func<BeamHostSettings, Task<BeamHost>> start,
        Action<CellResult>? ended = null)
        => FaultMatrix.RunAsync(
            cells,
            settings => start(settings with { ResumeTimeout = ResumeTimeout }),
            PlayAsync,
            ended: ended);

    /// <summary>
    /// Plays a cell, and again when the death of the receiver and the last byte have passed each other. Such a transfer has ended with
    /// <c>sent</c> before anybody broke off, so nobody comes back. The matrix counts it.
    /// </summary>
    private static async Task<CellResult> PlayAsync(Cell cell, BeamHost host, string token)
    {
        for (var tries = 1; ; tries++)
        {
            await using var run = new ComebackRun(cell, host, token);
            var result = await run.RunAsync();
            if (tries == MostTries || !result.IsUnprovenSuccess || !CellPlan.Expect(cell, host).OrSent)
            {
                return result;
            }

            token = await host.MintAsync();
        }
    }
}
