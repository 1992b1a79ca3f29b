using Beam.Tokens;

namespace Beam.Transfers;

public sealed partial class Relay
{
    /// <summary>Takes a receiver's place in the transfer called <paramref name="name"/>, whether its sender waits already or comes later.</summary>
    /// <param name="token">What the receiver presented.</param>
    /// <param name="name">The name within the token's channel; compared byte for byte.</param>
    /// <param name="terms">On what terms it joins; <see langword="null"/> for the defaults.</param>
    /// <returns>The lease, or why there is none. Nothing is changed by a refusal.</returns>
    public JoinResult<TransferReceiver> JoinAsReceiver(Token token, string name, ReceiveTerms? terms = null)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(name);
        TakenPlace? taken = null;
        return TryJoinAsReceiver(token, name, terms ?? new ReceiveTerms(), mayWait: false, ref taken);
    }

    /// <param name="token">What the receiver presented.</param>
    /// <param name="name">The name.</param>
    /// <param name="terms">On what terms it joins.</param>
    /// <param name="mayWait">Whether it may be refused a free place because it probably is a receiver that still seems connected.</param>
    /// <param name="taken">The place that it has waited for, if it has; then that which it may wait for.</param>
    private JoinResult<TransferReceiver> TryJoinAsReceiver(Token token, string name, ReceiveTerms terms, bool mayWait, ref TakenPlace? taken)
    {
        var awaited = taken?.Transfer;
        taken = null;
        Transfer? transfer;
        TransferReceiver? receiver;
        TransferReceiver? before = null;
        lock (token.Channel.Lock)
        {
            if (!token.Rights.HasFlag(TokenRights.Receive))
            {
                return JoinResult<TransferReceiver>.Refused(_isDraining ? TransferError.ShuttingDown : TransferError.NotAllowed);
            }

            // What has come under the same name meanwhile is not the file that it came for.
            if (awaited?.Outcome_NeedsLock is { } outcome)
            {
                return JoinResult<TransferReceiver>.Gone(outcome);
            }

            if (!token.Channel.Transfers.TryGetValue(name, out transfer) && token.Channel.Outcomes.TryGetValue(name, out var past))
            {
                return JoinResult<TransferReceiver>.Gone(past.Outcome);
            }

            if (terms.TransferId is { } id && id != transfer?.Id)
            {
                terms = terms with { From = null, To = null, TransferId = null };
            }

            // With a second place it would keep one of those who have none yet away.
            var joined = mayWait && !_isDraining && transfer?.SeemsToReturn_NeedsLock(token, terms) == true
                ? JoinResult<TransferReceiver>.Refused(TransferError.AlreadyReceiving)
                : TryTakeSeat_NeedsLock(token, name, terms, ref transfer, out before);
            if (!joined.IsJoined)
            {
                // The one use of a token may still be that of a connection of the same receiver.
                var isTaken = joined.Error == TransferError.AlreadyReceiving
                    || (joined.Error == TransferError.TokenSpent && transfer?.HasReceiver_NeedsLock(token) == true);
                taken = isTaken ? transfer!.NotePlaceTaken_NeedsLock() : null;
                return joined;
            }

            receiver = joined.Lease;
        }

        before?.EndPart(TransferError.Superseded);
        transfer!.UpdateAttended();
        FailIfDraining(transfer);
        return JoinResult<TransferReceiver>.Joined(receiver);
    }

    private JoinResult<TransferReceiver> TryTakeSeat_NeedsLock(
        Token token,
        string name,
        ReceiveTerms terms,
        ref Transfer? transfer,
        out TransferReceiver? before)
    {
        before = null;
        TransferReceiver? receiver;
        var seat = transfer is { HasSender_NeedsLock: true } ? transfer.FindSeatToReturnTo_NeedsLock(token, terms) : null;
        if (seat is not null || transfer is { HasFreeSeat_NeedsLock: false })
        {
            if (FindObstacle_NeedsLock(token) is var obstacle && obstacle != TransferError.None)
            {
                return JoinResult<TransferReceiver>.Refused(obstacle);
            }

            if (seat is null)
            {
                return JoinResult<TransferReceiver>.Refused(TransferError.AlreadyReceiving);
            }

            receiver = transfer!.TakeSeatAgain_NeedsLock(seat, terms, out before);
        }
        else
        {
            var isNew = transfer is null;
            var error = TryBegin_NeedsLock(token, TokenRights.Receive, name, ref transfer, out var use);
            if (error != TransferError.None)
            {
                return JoinResult<TransferReceiver>.Refused(error);
            }

            receiver = transfer!.TakeSeat_NeedsLock(use!, terms);
            if (receiver is null && !isNew)
            {
                use!.End(isSpent: false);
            }
        }

        return receiver is null
            ? JoinResult<TransferReceiver>.Refused(TransferError.RangeNotHeld, transfer.GetSnapshot())
            : JoinResult<TransferReceiver>.Joined(receiver);
    }
}
