namespace Beam.Client;

/// <summary>How long to wait before trying again, and when to stop trying.</summary>
internal sealed class BackOff(BeamClientOptions options)
{
    // A timer allows 49 days at most, and after a day it does no harm to ask again.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private long _progressAt = options.TimeProvider.GetTimestamp();
    private int _attempts;

    /// <summary>Something moved: the next wait is short again.</summary>
    public void NoteProgress()
    {
        _attempts = 0;
        NoteLife();
    }

    /// <summary>Nothing moved, but nothing had to: the operation waits for the other side.</summary>
    public void NoteLife() => _progressAt = options.TimeProvider.GetTimestamp();

    /// <summary>Waits before the next attempt.</summary>
    /// <param name="cause">Why another attempt is needed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="BeamException">
    /// The time is over, or will be before the time for which the server asks. The exception is <paramref name="cause"/>.
    /// </exception>
    public async Task WaitAsync(BeamException cause, CancellationToken cancellationToken)
    {
        var left = options.GiveUpAfter - options.TimeProvider.GetElapsedTime(_progressAt);
        if (left <= TimeSpan.Zero || cause.RetryAfter > left)
        {
            throw cause;
        }

        var longest = Math.Min(
            options.RetryDelay.TotalMilliseconds * Math.Pow(2, Math.Min(_attempts, 30)),
            options.MaxRetryDelay.TotalMilliseconds);
        _attempts++;

        // Many clients that lose a server at the same moment must not all come back at the same moment. Nothing secret depends on this.
#pragma warning disable CA5394
        var delay = TimeSpan.FromMilliseconds(longest * (0.5 + (Random.Shared.NextDouble() / 2)));
#pragma warning restore CA5394
        delay = cause.RetryAfter is { } asked && asked > delay ? asked : delay;
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay < LongestWait ? delay : LongestWait, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }
}
