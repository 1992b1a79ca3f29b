namespace Beam.Transfers;

/// <summary>Tells how long a wait for somebody has lasted without a sign of life.</summary>
internal sealed class StallWatch(TimeProvider timeProvider)
{
    private const long NotWaiting = long.MinValue;

    private long _since = NotWaiting;
    private Func<long>? _progress;
    private long _lastProgress;

    public bool IsWaiting => Volatile.Read(ref _since) != NotWaiting;

    public void Begin() => Volatile.Write(ref _since, timeProvider.GetTimestamp());

    public void End() => Volatile.Write(ref _since, NotWaiting);

    /// <summary>Gives the watch a number that grows while the peer is alive although nothing can be handed to it yet.</summary>
    public void Observe(Func<long>? progress) => Volatile.Write(ref _progress, progress);

    /// <summary>Starts over when the observed number has changed since the last time.</summary>
    public void Sample()
    {
        var since = Volatile.Read(ref _since);
        if (since == NotWaiting || Volatile.Read(ref _progress) is not { } progress)
        {
            return;
        }

        var value = progress();
        if (value != _lastProgress)
        {
            _lastProgress = value;
            Interlocked.CompareExchange(ref _since, timeProvider.GetTimestamp(), since);
        }
    }

    /// <summary>
    /// Says how long the wait has lasted, not counting the time before <paramref name="notBefore"/>; zero when nobody waits.
    /// </summary>
    public TimeSpan Elapsed(long notBefore)
    {
        var since = Volatile.Read(ref _since);
        return since == NotWaiting ? TimeSpan.Zero : timeProvider.GetElapsedTime(Math.Max(since, notBefore));
    }
}
