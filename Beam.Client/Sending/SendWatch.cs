namespace Beam.Client;

/// <summary>Watches an attempt to send, and ends it when the server no longer waits for it.</summary>
/// <param name="http">The server's connection and clock.</param>
/// <param name="statusQuery">Asks the server for the status.</param>
/// <param name="foreign">When the transfer began that was there before ours; <see langword="null"/> once ours has begun.</param>
internal sealed class SendWatch(BeamHttp http, StatusQuery statusQuery, DateTimeOffset? foreign)
{
    // While the source has nothing to send, no write fails and HttpClient reads no answer. So the server is asked whether it is over.
    private static readonly TimeSpan QuietInterval = TimeSpan.FromSeconds(2);

    private long _handed;

    /// <summary>Notes that bytes were handed to the connection.</summary>
    public void NoteHanded() => Interlocked.Increment(ref _handed);

    /// <summary>
    /// Asks the server while nothing moves. If the source has nothing to send, it asks every few seconds whether the transfer is over. Now
    /// and then it asks whether the connection has died silently. It ends an attempt that the server no longer knows.
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
                if ((isIdle || content.IsWaiting) && await IsOverAsync(isIdle, attempt.Token).ConfigureAwait(false))
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

    /// <summary>Says whether the server no longer waits for this attempt, or has never begun to.</summary>
    /// <param name="isIdle">
    /// Whether nothing has moved for long. Then also a sender counts that the server believes away, or of which it knows nothing. Before,
    /// a proxy may only be slow to pass the sender's request on.
    /// </param>
    /// <param name="cancellationToken">Ends the question.</param>
    private async Task<bool> IsOverAsync(bool isIdle, CancellationToken cancellationToken)
    {
        try
        {
            return await statusQuery.GetStatusAsync(cancellationToken).ConfigureAwait(false) is { } status
                && (foreign is null || status.StartedAt != foreign)
                ? status.Outcome is not null || (isIdle && status.Sender == "away")
                : isIdle;
        }
        catch (BeamException)
        {
            // The server cannot be asked.
            return false;
        }
    }
}
