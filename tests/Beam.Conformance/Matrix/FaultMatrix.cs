using System.Collections.Concurrent;

namespace Beam.Conformance;

/// <summary>Runs cells, several at a time: most of them mostly wait.</summary>
public static class FaultMatrix
{
    /// <summary>Runs cells, each against a host of its own.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="start">Starts a host; it is disposed here.</param>
    /// <param name="parallelism">How many at a time.</param>
    /// <param name="ended">Called with each result as it comes, from any thread.</param>
    public static Task<IReadOnlyList<CellResult>> RunAsync(
        IEnumerable<Cell> cells,
        Func<BeamHostSettings, Task<BeamHost>> start,
        int parallelism = 8,
        Action<CellResult>? ended = null)
        => RunAsync(cells, start, PlayAsync, parallelism, ended);

    /// <summary>Runs one cell.</summary>
    public static Task<CellResult> RunAsync(Cell cell, BeamHost host) => RunAsync(cell, host, PlayAsync);

    internal static async Task<IReadOnlyList<CellResult>> RunAsync(
        IEnumerable<Cell> cells,
        Func<BeamHostSettings, Task<BeamHost>> start,
        Func<Cell, BeamHost, string, Task<CellResult>> play,
        int parallelism = 8,
        Action<CellResult>? ended = null)
    {
        ArgumentNullException.ThrowIfNull(start);
        var results = new ConcurrentBag<CellResult>();
        await Parallel.ForEachAsync(cells, new ParallelOptions { MaxDegreeOfParallelism = parallelism }, async (cell, _) =>
        {
            await using var host = await start(cell.HostSettings);
            var result = await RunAsync(cell, host, play);
            results.Add(result);
            ended?.Invoke(result);
        });
        return [.. results.OrderBy(static result => result.Cell.ToString(), StringComparer.Ordinal)];
    }

    private static async Task<CellResult> PlayAsync(Cell cell, BeamHost host, string token)
    {
        await using var run = new CellRun(cell, host, token);
        return await run.RunAsync();
    }

    private static async Task<CellResult> RunAsync(Cell cell, BeamHost host, Func<Cell, BeamHost, string, Task<CellResult>> play)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(host);
        try
        {
            return await play(cell, host, await host.MintAsync());
        }
        catch (Exception exception) when (exception is TimeoutException or IOException or HttpRequestException)
        {
            var holdings = await host.GetHoldingsAsync();
            var problem = $"It did not come to its end: {exception.Message} ({holdings})";
            return new CellResult(cell, -1, 0, "", -1, 0, 0, 0, TimeSpan.Zero, [problem, .. host.Complaints]);
        }
    }
}
