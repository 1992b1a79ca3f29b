namespace Beam.Transfers;

/// <summary>A sender's or a receiver's place that somebody seems to have, and somebody else came for.</summary>
/// <param name="Transfer">The transfer.</param>
/// <param name="Change">The task that ends when a place of it becomes free, or it has ended.</param>
internal sealed record TakenPlace(Transfer Transfer, Task Change)
{
    /// <summary>How long a connection may take nothing of the bytes that wait for it before it has probably gone with its network.</summary>
    public static readonly TimeSpan DoubtedAfter = TimeSpan.FromSeconds(4);

    /// <summary>
    /// How long a receiver is kept waiting before it is refused: after that it is known whether the one before it still takes anything. What it takes is looked at
    /// once a second.
    /// </summary>
    public static readonly TimeSpan ReceiverPatience = DoubtedAfter + TimeSpan.FromSeconds(1);

    /// <summary>How long a sender is kept waiting before it is refused: curl waits one second to be asked for the body before it sends it unasked.</summary>
    public static readonly TimeSpan SenderPatience = TimeSpan.FromMilliseconds(800);

    /// <summary>Says how long a receiver is kept waiting that may have said how long it wants to wait.</summary>
    public static TimeSpan PatienceOfReceiver(ReceiveTerms terms) => terms.Wait is { } wait && wait < ReceiverPatience ? wait : ReceiverPatience;
}
