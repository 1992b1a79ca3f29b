namespace Beam.AspNetCore.Forwarding;

/// <summary>Bounds what waits for a client, as long as the client takes nothing.</summary>
/// <param name="progress">A number that changes while the client takes bytes.</param>
/// <param name="limit">How long it may stand still.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class ClientPatience(Func<long> progress, TimeSpan limit, TimeProvider timeProvider)
{
    /// <summary>Waits. The task that <paramref name="wait"/> gets ends when the client has stood still for too long.</summary>
    /// <returns>What <paramref name="wait"/> returns. Nothing is left running, also when it throws.</returns>
    public async Task<T> WaitAsync<T>(Func<Task, Task<T>> wait)
    {
        using var ended = new CancellationTokenSource();
        var stalled = WaitForStallAsync(ended.Token);
        try
        {
            return await wait(stalled);
        }
        finally
        {
            await ended.CancelAsync();
            await stalled;
        }
    }

    private async Task WaitForStallAsync(CancellationToken ended)
    {
        try
        {
            for (var (before, now) = (-1L, progress()); before != now; (before, now) = (now, progress()))
            {
                await Task.Delay(limit, timeProvider, ended);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Known in time.
        }
    }
}
