namespace Beam.Client;

/// <summary>Cancels a read or a request that brings nothing for too long.</summary>
internal sealed class IdleWatch : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly ITimer _timer;
    private readonly TimeSpan _limit;

    /// <param name="options">How long is too long, and the clock.</param>
    /// <param name="cancellationToken">Cancels it, too.</param>
    /// <param name="limit">How long is too long, where that is not the usual time.</param>
    public IdleWatch(BeamClientOptions options, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _limit = limit ?? options.IdleTimeout;
        _timer = options.TimeProvider.CreateTimer(
            static source => End((CancellationTokenSource)source!),
            _source,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => _source.Token;

    public void Restart() => _timer.Change(_limit, Timeout.InfiniteTimeSpan);

    public void Stop() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _timer.Dispose();
        _source.Dispose();
    }

    private static void End(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // A timer that is disposed does not wait for a callback that has begun.
        }
    }
}
