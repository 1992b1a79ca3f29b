namespace Beam.Client;

/// <summary>Cancels a read or a request that brings nothing for too long.</summary>
internal sealed class IdleWatch : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly ITimer _timer;
    private readonly TimeSpan _limit;

    public IdleWatch(BeamClientOptions options, CancellationToken cancellationToken)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _limit = options.IdleTimeout;
        _timer = options.TimeProvider.CreateTimer(
            static source => ((CancellationTokenSource)source!).Cancel(), _source, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => _source.Token;

    public void Restart() => _timer.Change(_limit, Timeout.InfiniteTimeSpan);

    public void Stop() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        // The callback may be running: a source that is linked, and not disposed, costs the link only.
        _timer.Dispose();
        _source.Dispose();
    }
}
