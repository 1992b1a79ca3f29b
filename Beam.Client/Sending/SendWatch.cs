namespace Beam.Client;

/// <summary>Watches one attempt to send, and ends it when the server waits for nothing of it any more.</summary>
/// <param name="http">How the server is asked.</param>
/// <param name="statusQuery">What it is asked.</param>
/// <param name="foreign">When the transfer began that was there before; <see langword="null"/> once ours has begun.</param>
internal sealed class SendWatch(BeamHttp http, StatusQuery statusQuery, DateTimeOffset? foreign)
{
    // While the source has nothing to send, no write fails and HttpClient reads no answer: how soon it is heard then that the transfer is over.
    private static readonly TimeSpan QuietInterval = TimeSpan.FromSeconds(2);

    private long _handed;

    /// <summary>Notes that bytes were handed to the connection.</summary>
    public void NoteHanded() => Interlocked.Increment(ref _handed);

    /// <summary>
    /// Asks the server while nothing moves: every few seconds whether the transfer is over if the source has nothing to send, and now and then whether the
    /// connection is dead without a word. An attempt that the server knows nothing of any more is given up.
    /// </summary>
    public async Task RunAsync(SendContent content, CancellationTokenSource attempt)
    {
        var time = http.TimeProvider;
        var idle = http.Options.IdleTimeout;
        var interval = idle < QuietInterval ? idle : QuietInterval;
        var (handed, since) = (Volatile.Read(ref _handed), time.GetTimestamp());
        try
        {
            while (true)
            {
                await Task.Delay(interval, time, attempt.Token).ConfigureAwait(false);
                if (handed != Volatile.Read(ref _handed))
                {
                    (handed, since) = (Volatile.Read(ref _handed), time.GetTimestamp());
                    continue;
                }

                var isIdle = time.GetElapsedTime(since) >= idle;
                if ((isIdle || content.IsWaiting) && await IsOverAsync(countsAway: isIdle, attempt.Token).ConfigureAwait(false))
                {
                    await attempt.CancelAsync().ConfigureAwait(false);
                }

                since = isIdle ? time.GetTimestamp() : since;
            }
        }
        catch (OperationCanceledException)
        {
            // The attempt is over.
        }
    }

    /// <summary>Says whether the server waits for nothing of this attempt any more.</summary>
    /// <param name="countsAway">Whether that is so, too, when it knows no connection of the sender: something on the way may only be slow to pass it on.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    private async Task<bool> IsOverAsync(bool countsAway, CancellationToken cancellationToken)
        => await statusQuery.TryGetStatusAsync(cancellationToken).ConfigureAwait(false) is { } status
            && (foreign is null || status.StartedAt != foreign)
            && (status.Outcome is not null || (countsAway && status.Sender == "away"));
}
