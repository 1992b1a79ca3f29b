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
            seats.ForEach(seat => End(transfer, seat, TransferError.Cancelled));
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
        List<ReceiverSeat> seats;
        lock (transfer.Channel.Lock)
        {
            isSenders = transfer.Sender.Token?.IsOrDescendsFrom(token) == true;
            seats = isSenders ? [] : transfer.Receivers.FindUnresolvedBelow(token);
        }

        if (isSenders)
        {
            transfer.TryFinish(TransferError.TokenEnded);
        }

        seats.ForEach(seat => End(transfer, seat, TransferError.TokenEnded));
    }

    /// <summary>Ends a receiver's part by the state of its seat.</summary>
    private static void End(Transfer transfer, ReceiverSeat seat, TransferError error)
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
                end = transfer.Resolve_NeedsLock(seat, error, DeliveryStatus.None);
            }
        }

        if (receiver is null)
        {
            transfer.FinishOrGoOn(end);
        }
        else
        {
            receiver.Lose(error);
        }
    }
}
