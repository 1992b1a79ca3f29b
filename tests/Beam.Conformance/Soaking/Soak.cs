namespace Beam.Conformance;

/// <summary>Random peers, many at a time, for a while.</summary>
public static class Soak
{
    /// <summary>Runs until the time or the number of transfers is used up.</summary>
    /// <param name="host">The server.</param>
    /// <param name="duration">For how long at most.</param>
    /// <param name="mostTransfers">How many at most.</param>
    /// <param name="mostBytes">The largest file; small ones are frequent.</param>
    /// <param name="parallelism">How many at a time.</param>
    public static async Task<SoakReport> RunAsync(
        BeamHost host,
        TimeSpan duration,
        int mostTransfers = int.MaxValue,
        int mostBytes = 4_000_000,
        int parallelism = 16)
    {
        var clock = TimeProvider.System;
        var started = clock.GetTimestamp();
        var next = 0;
        var reports = await Task.WhenAll(Enumerable.Range(0, parallelism).Select(async _ =>
        {
            var sum = new SoakReport(0, 0, 0, 0, 0, 0);
            while (clock.GetElapsedTime(started) < duration && Interlocked.Increment(ref next) is var seed && seed <= mostTransfers)
            {
                sum = sum.Plus(await new SoakPair(host, seed, mostBytes).RunAsync());
            }

            return sum;
        }));
        return reports.Aggregate(static (left, right) => left.Plus(right));
    }
}
