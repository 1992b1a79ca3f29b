namespace Beam.Transfers;

/// <summary>A sender's or a receiver's seat that a connection seems to have, and that another connection came for.</summary>
/// <param name="Transfer">The transfer.</param>
/// <param name="Change">The task that ends when a seat of the transfer becomes free, or the transfer has ended.</param>
internal sealed record TakenSeat(Transfer Transfer, Task Change)
{
    /// <summary>How long a connection may take nothing of the bytes that wait for it before its network has probably gone.</summary>
    public static readonly TimeSpan DoubtedAfter = TimeSpan.FromSeconds(4);

    /// <summary>
    /// How long the relay keeps a receiver waiting before it refuses it. By then the relay knows whether the receiver before it still takes
    /// anything: it looks once a second.
    /// </summary>
    public static readonly TimeSpan ReceiverPatience = DoubtedAfter + TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long the relay keeps a sender waiting before it refuses it. curl waits one second to be
    /// asked for the body, then sends it unasked.
    /// </summary>
    public static readonly TimeSpan SenderPatience = TimeSpan.FromMilliseconds(800);

    /// <summary>Notes, under the channel's lock, that somebody came for a seat of <paramref name="transfer"/> that is taken.</summary>
    public static TakenSeat Of(Transfer transfer) => new(transfer, transfer.SeatChange.WaitAsync());

    /// <summary>Says how long the relay keeps a receiver waiting: never longer than the receiver wants to wait.</summary>
    public static TimeSpan PatienceOfReceiver(ReceiveTerms terms)
        => terms.Wait is { } wait && wait < ReceiverPatience ? wait : ReceiverPatience;

    /// <summary>Waits until it makes sense to try again.</summary>
    /// <param name="since">The timestamp of the first try.</param>
    /// <param name="patience">How long to wait since then.</param>
    /// <param name="cancellationToken">Ends the wait when the connection of the side that waits is gone.</param>
    /// <returns><see langword="false"/> when another try makes no sense any more.</returns>
    public async ValueTask<bool> WaitAsync(long since, TimeSpan patience, CancellationToken cancellationToken)
    {
        var timeProvider = Transfer.Host.TimeProvider;
        var rest = patience - timeProvider.GetElapsedTime(since);
        if (rest <= TimeSpan.Zero)
        {
            return false;
        }

        await Change.WaitAsync(rest, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }
}
