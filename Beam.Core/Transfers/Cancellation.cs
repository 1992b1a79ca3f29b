using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>Ends parts of a transfer when a person cancels them, or revokes the token that they go on with.</summary>
internal static class Cancellation
{
    /// <summary>Cancels the parts of the receivers that came with <paramref name="token"/>.</summary>
    /// <returns><see langword="false"/> when there are none.</returns>
    public static bool TryCancelReceivers(Transfer transfer, Token token)
    {
        List<ReceiverSeat> seats;
        lock (transfer.Channel.Lock)
        {
            seats = transfer.IsFinished ? [] : transfer.Receivers.FindUnresolved(token);
        }

        seats.ForEach(seat => Cancel(transfer, seat));
        return seats.Count > 0;
    }

    /// <summary>
    /// Ends what goes on with <paramref name="token"/> or a token made from it: the whole transfer if its sender does, otherwise the
    /// connected receivers. If no such receiver is connected, the whole transfer ends.
    /// </summary>
    public static void EndToken(Transfer transfer, Token token)
    {
        List<TransferReceiver> receivers;
        lock (transfer.Channel.Lock)
        {
            var isSenders = transfer.Sender.Token?.IsOrDescendsFrom(token) == true;
            var seats = transfer.Receivers.FindUnresolvedBelow(token);
            if (!isSenders && seats.Count == 0)
            {
                return;
            }

            receivers = isSenders ? [] : [.. seats.Select(static seat => seat.Lease).OfType<TransferReceiver>()];
        }

        // The other receivers of a file have done nothing wrong.
        if (receivers.Count > 0)
        {
            receivers.ForEach(static receiver => receiver.Lose(TransferError.TokenEnded));
        }
        else
        {
            transfer.TryFinish(TransferError.TokenEnded);
        }
    }

    private static void Cancel(Transfer transfer, ReceiverSeat seat)
    {
        TransferReceiver? receiver;
        TransferError? end = null;
        lock (transfer.Channel.Lock)
        {
            if (transfer.IsFinished || seat.IsResolved)
            {
                return;
            }

            receiver = seat.Lease;
            if (receiver is null)
            {
                end = transfer.Resolve_NeedsLock(seat, TransferError.Cancelled, DeliveryStatus.None);
            }
        }

        if (receiver is null)
        {
            transfer.FinishOrGoOn(end);
        }
        else
        {
            receiver.Lose(TransferError.Cancelled);
        }
    }
}
