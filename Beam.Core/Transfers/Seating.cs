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

    /// <summary>Gives a receiver a seat that nobody has had, and begins the use of its token.</summary>
    /// <returns>
    /// The lease, or <see langword="null"/> when the relay does not hold what it asks for; then nothing has changed.
    /// </returns>
    public static TransferReceiver? Take(Transfer transfer, TokenUse use, ReceiveTerms terms)
    {
        if (FindStart(transfer, terms) is not { } from)
        {
            return null;
        }

        var host = transfer.Host;
        var seat = transfer.Receivers.Add(use, host.Options.LimitWait(terms.Wait), host.TimeProvider.GetTimestamp());
        try
        {
            return Attach(transfer, seat, from, terms);
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
    /// <returns>The lease, or <see langword="null"/> when the relay does not hold what it asks for; then nothing has changed.</returns>
    public static TransferReceiver? TakeOver(Transfer transfer, ReceiverSeat seat, ReceiveTerms terms)
    {
        if (FindStart(transfer, terms) is not { } from)
        {
            return null;
        }

        var before = seat.Copy();
        try
        {
            return Attach(transfer, seat, from, terms);
        }
        catch
        {
            seat.Undo(before);
            throw;
        }
    }

    private static long? FindStart(Transfer transfer, ReceiveTerms terms)
    {
        // Before the sender has come, nobody can have the beginning of the file.
        var from = transfer.Sender.IsTaken ? terms.From ?? 0 : 0;
        return transfer.Content.TryRewind(from) ? from : null;
    }

    private static TransferReceiver Attach(Transfer transfer, ReceiverSeat seat, long from, ReceiveTerms terms)
    {
        var receiver = new TransferReceiver(transfer, seat, from, terms);
        seat.Attach(receiver, terms, transfer.Host.TimeProvider.GetTimestamp());

        // It may begin further on than its predecessor was known to be: then the sender waits for room that this release gives it.
        transfer.Release_NeedsLock();
        transfer.Enter_NeedsLock();

        // Last, because the use of a refused or failed try must not even renew the token.
        seat.Begin();
        return receiver;
    }
}
