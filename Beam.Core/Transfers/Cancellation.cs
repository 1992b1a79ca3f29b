using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>Ends transfers, or parts of them, when a person cancels them or revokes the token that holds them.</summary>
internal static class Cancellation
{
    /// <summary>
    /// Cancels the transfer called <paramref name="name"/>, which is for its sender's token and for tokens with full rights. For another
    /// token it cancels the parts of the receivers whose seats <paramref name="token"/> holds.
    /// </summary>
    /// <returns>The transfer of which something was cancelled; or why nothing was.</returns>
    public static (TransferError Error, Transfer? Transfer) Cancel(Token token, string name, DateTimeOffset now)
    {
        Transfer? transfer;
        bool isWhole;
        List<ReceiverSeat> seats;
        lock (token.Channel.Lock)
        {
            if (!token.IsAlive_NeedsChannelLock(now))
            {
                return (TransferError.UnknownToken, null);
            }

            token.Channel.Transfers.TryGetValue(name, out transfer);
            isWhole = token.Rights == TokenRights.All || ReferenceEquals(transfer?.Sender.Token, token);
            seats = isWhole ? [] : transfer?.Receivers.FindUnresolved(token) ?? [];
        }

        if (transfer is not null && (isWhole ? transfer.TryFinish(TransferError.Cancelled) : seats.Count > 0))
        {
            seats.ForEach(seat => End(transfer, seat, token, TransferError.Cancelled));
            return (TransferError.None, transfer);
        }

        // A token that only receives does not learn which names there are. One that only sends learns it of its own files.
        return (token.Rights.HasFlag(TokenRights.Send) ? TransferError.UnknownName : TransferError.NotAllowed, null);
    }

    /// <summary>
    /// Ends what goes on with <paramref name="token"/> or a token made from it: the whole transfer if its sender does, otherwise the parts
    /// of such receivers, connected or not. The other receivers of a file have done nothing wrong.
    /// </summary>
    public static void EndToken(Transfer transfer, Token token)
    {
        bool isSenders;
        List<(ReceiverSeat Seat, Token? Holder)> holders;
        lock (transfer.Channel.Lock)
        {
            isSenders = transfer.Sender.Token?.IsOrDescendsFrom(token) == true;
            holders = isSenders ? [] : [.. transfer.Receivers.FindUnresolvedBelow(token).Select(static seat => (seat, seat.Token))];
        }

        if (isSenders)
        {
            transfer.TryFinish(TransferError.TokenEnded);
        }

        holders.ForEach(each => End(transfer, each.Seat, each.Holder, TransferError.TokenEnded));
    }

    /// <summary>
    /// Ends a receiver's part by the state of its seat. The receiver may leave between a look and an act, or come back. Then it is looked
    /// at again: a cancellation that was answered must not be lost.
    /// </summary>
    private static void End(Transfer transfer, ReceiverSeat seat, Token? holder, TransferError error)
    {
        while (!TryEnd(transfer, seat, holder, error))
        {
        }
    }

    private static bool TryEnd(Transfer transfer, ReceiverSeat seat, Token? holder, TransferError error)
    {
        TransferReceiver? receiver;
        TransferError? end = null;
        lock (transfer.Channel.Lock)
        {
            if (transfer.IsFinished
                || seat.IsResolved
                || !transfer.Receivers.All.Contains(seat)
                || !ReferenceEquals(seat.Token, holder))
            {
                return true;
            }

            receiver = seat.Lease;
            if (receiver is null)
            {
                end = transfer.Resolve_NeedsLock(seat, error, DeliveryStatus.None);
            }
        }

        if (receiver is null)
        {
            transfer.FinishOrGoOn(end);
            return true;
        }

        return receiver.Lose(error);
    }
}
