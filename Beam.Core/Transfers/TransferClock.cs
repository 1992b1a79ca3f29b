namespace Beam.Transfers;

/// <summary>The moments of one transfer from which its age, its wait and its duration count.</summary>
/// <remarks>It changes under the channel's lock.</remarks>
internal sealed class TransferClock(TimeProvider timeProvider)
{
    private readonly long _createdAt = timeProvider.GetTimestamp();
    private long? _pairedAt;

    public DateTimeOffset StartedAt { get; } = timeProvider.GetUtcNow();

    /// <summary>Gets the timestamp from which both sides have been there, the last time that one of them came.</summary>
    public long FlowingSince { get; private set; }

    /// <summary>
    /// Gets the timestamp from which waits for bytes or for room may end, because a receiver that held them up has ended its part. The
    /// waits end only after the thread that ended the part has gone on; until then they look longer than they are.
    /// </summary>
    public long RoomSince { get; private set; }

    public TimeSpan Age => timeProvider.GetElapsedTime(_createdAt);

    /// <summary>Gets how long the first side waited for the other; <see langword="null"/> as long as it does.</summary>
    public TimeSpan? Wait => _pairedAt is { } pairedAt ? timeProvider.GetElapsedTime(_createdAt, pairedAt) : null;

    /// <summary>Gets the time since both sides met; zero when they have not.</summary>
    public TimeSpan Duration => _pairedAt is { } pairedAt ? timeProvider.GetElapsedTime(pairedAt) : TimeSpan.Zero;

    /// <summary>Notes that a receiver holds nobody up any more.</summary>
    public void NoteRoom(long now) => RoomSince = now;

    /// <summary>Notes that both sides are there.</summary>
    /// <returns><see langword="false"/> when they were before.</returns>
    public bool TryPair(long now)
    {
        FlowingSince = now;
        if (_pairedAt is not null)
        {
            return false;
        }

        _pairedAt = now;
        return true;
    }
}
