using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>Gives the seats of a transfer to connections.</summary>
/// <remarks>
/// Callers hold the channel's lock. The log, and what observers are told of it, may be the application's own and may throw. A seat is then
/// as it was before, and no connection was counted.
/// </remarks>
internal static class Seating
{
    /// <summary>Gives a connection the sender's seat, which is free.</summary>
    public static TransferSender Attach(Transfer transfer, SendTerms terms)
    {
        transfer.Content.CountAnew();
        var before = transfer.Sender.Copy();
        var sender = new TransferSender(transfer, terms);
        transfer.Sender.Attach(sender, terms.MayResume, transfer.Host.TimeProvider.GetTimestamp());
        try
        {
            transfer.Enter_NeedsLock();
        }
        catch
        {
            transfer.Sender.Undo(before);
            throw;
        }

        return sender;
    }

    /// <summary>
    /// Says why a receiver cannot begin where it wants to, as far as its own words tell. The log may lack those bytes all the same.
    /// </summary>
    /// <param name="transfer">The transfer.</param>
    /// <param name="seat">The seat that it would come back to; <see langword="null"/> for one that nobody has had.</param>
    /// <param name="terms">What it asks for.</param>
    public static TransferError FindObstacle(Transfer transfer, ReceiverSeat? seat, ReceiveTerms terms)
    {
        var from = Start(transfer, terms).From;
        if (from > transfer.Content.Held.To)
        {
            return TransferError.RangeNotHeld;
        }

        // Nobody can have what the relay has handed to nobody. It is of another file, and the rest of this one would not fit.
        var isUntrue = from > transfer.Receivers.Reached;

        // To claim the whole file takes more than to ask for nothing: the relay must have handed it over, or hear the receiver's own word.
        var isEmpty = from > 0 && from == transfer.Content.Length && !terms.Confirms && seat?.HasHanded(from) != true;
        return isUntrue || isEmpty ? TransferError.NothingToResume : TransferError.None;
    }

    /// <summary>Gives a receiver a seat that nobody has had, and begins the use of its token.</summary>
    /// <returns>
    /// The lease, or <see langword="null"/> when it cannot begin where it wants to; then nothing has changed.
    /// </returns>
    public static TransferReceiver? Take(Transfer transfer, TokenUse use, ReceiveTerms terms)
    {
        var start = Start(transfer, terms);
        if (FindObstacle(transfer, seat: null, terms) != TransferError.None || !transfer.Content.TryRewind(start.From))
        {
            return null;
        }

        var host = transfer.Host;
        var seat = transfer.Receivers.Add(use, host.Options.LimitWait(terms.Wait), host.TimeProvider.GetTimestamp());
        try
        {
            return Attach(transfer, seat, start, terms);
        }
        catch
        {
            transfer.Receivers.Discard(seat);
            throw;
        }
    }

    /// <summary>
    /// Gives a receiver the seat of a connection that has broken off, or seems to have. The caller
    /// tells a connection that still sits there.
    /// </summary>
    /// <returns>The lease, or <see langword="null"/> when it cannot begin where it wants to; then nothing has changed.</returns>
    public static TransferReceiver? TakeOver(Transfer transfer, ReceiverSeat seat, ReceiveTerms terms)
    {
        var start = Start(transfer, terms);
        if (FindObstacle(transfer, seat, terms) != TransferError.None || !transfer.Content.TryRewind(start.From))
        {
            return null;
        }

        var before = seat.Copy();
        try
        {
            return Attach(transfer, seat, start, terms);
        }
        catch
        {
            seat.Undo(before);
            throw;
        }
    }

    private static ReceiverStart Start(Transfer transfer, ReceiveTerms terms)
        => ReceiverStart.Of(transfer.Content, transfer.Sender.IsTaken, terms);

    private static TransferReceiver Attach(Transfer transfer, ReceiverSeat seat, ReceiverStart start, ReceiveTerms terms)
    {
        var receiver = new TransferReceiver(transfer, seat, start);
        seat.Attach(receiver, terms, transfer.Host.TimeProvider.GetTimestamp());

        if (terms.Confirms)
        {
            transfer.Content.WantDigest(start.From);
        }

        // It may begin further on than its predecessor was known to be: then the sender waits for room that this release gives it.
        transfer.Release_NeedsLock();
        transfer.Enter_NeedsLock();

        // Last, because the use of a refused or failed try must not even renew the token.
        seat.Begin();
        return receiver;
    }
}
