using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>Lets connections have the seats of a transfer.</summary>
/// <remarks>It is used under the channel's lock.</remarks>
internal static class Seating
{
    /// <summary>Lets a connection have the sender's seat, which is free.</summary>
    public static TransferSender Attach(Transfer transfer, SendTerms terms)
    {
        transfer.Content.CountAnew();
        var sender = new TransferSender(transfer, terms);
        transfer.Sender.Attach(sender, terms.MayResume, transfer.Host.TimeProvider.GetTimestamp());
        transfer.Enter_NeedsLock();
        return sender;
    }

    /// <summary>Lets a receiver have a seat that nobody has had.</summary>
    /// <returns>The lease, or <see langword="null"/> when what it asks for is not held; then its use of the token goes on.</returns>
    public static TransferReceiver? Take(Transfer transfer, TokenUse use, ReceiveTerms terms)
    {
        if (FindStart(transfer, terms) is not { } from)
        {
            return null;
        }

        var host = transfer.Host;
        return Attach(transfer, transfer.Receivers.Add(use, host.Options.LimitWait(terms.Wait), host.TimeProvider.GetTimestamp()), from, terms);
    }

    /// <summary>Lets a receiver have the seat of one that has broken off, or seems to have. The caller tells a connection that sits there.</summary>
    /// <returns>The lease, or <see langword="null"/> when what it asks for is not held.</returns>
    public static TransferReceiver? TakeOver(Transfer transfer, ReceiverSeat seat, ReceiveTerms terms)
        => FindStart(transfer, terms) is { } from ? Attach(transfer, seat, from, terms) : null;

    private static long? FindStart(Transfer transfer, ReceiveTerms terms)
    {
        // Before the sender has come there is nothing of which anybody could have the beginning.
        var from = transfer.Sender.IsTaken ? terms.From ?? 0 : 0;
        return transfer.Content.TryRewind(from) ? from : null;
    }

    private static TransferReceiver Attach(Transfer transfer, ReceiverSeat seat, long from, ReceiveTerms terms)
    {
        var receiver = new TransferReceiver(transfer, seat, from, terms);
        seat.Attach(receiver, terms, transfer.Host.TimeProvider.GetTimestamp());
        transfer.Enter_NeedsLock();

        // It may have got more than its predecessor was known to have taken: then the sender waits for room that is there.
        transfer.Release_NeedsLock();
        return receiver;
    }
}
