namespace Beam.Testing;

/// <summary>A clock that runs faster than the system's, for programs whose limits a test does not want to sit out.</summary>
/// <param name="factor">How much faster.</param>
public sealed class FastClock(int factor) : TimeProvider
{
    /// <inheritdoc/>
    public override long GetTimestamp() => base.GetTimestamp() * factor;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        => new FastTimer(this, System.CreateTimer(callback, state, Shorten(dueTime), Shorten(period)));

    private TimeSpan Shorten(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / factor;

    private sealed class FastTimer(FastClock clock, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(clock.Shorten(dueTime), clock.Shorten(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
