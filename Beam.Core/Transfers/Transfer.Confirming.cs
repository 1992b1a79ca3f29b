namespace Beam.Transfers;

internal sealed partial class Transfer
{
    /// <summary>Notes that the connection of <paramref name="receiver"/> has taken everything.</summary>
    public bool TryBeginConfirming(TransferReceiver receiver)
    {
        lock (Channel.Lock)
        {
            if (_isFinished || !ReferenceEquals(receiver.Seat.Lease, receiver))
            {
                return false;
            }

            receiver.Seat.Confirm(_timeProvider.GetTimestamp());
            receiver.Watch.Begin();
            return true;
        }
    }

    /// <summary>A receiver that confirms itself has this digest of what it got.</summary>
    /// <param name="id">What it called itself when it came.</param>
    /// <param name="sha256">The digest.</param>
    public TransferError Confirm(string? id, ReadOnlySpan<byte> sha256)
    {
        TransferReceiver receiver;
        TransferError answer;
        TransferError? end;
        lock (Channel.Lock)
        {
            if (id is null && _wantedReceivers > 1)
            {
                return TransferError.UnnamedReceiver;
            }

            var isRight = Content.Digest?.Value is { } digest ? sha256.SequenceEqual(digest.Span) : (bool?)null;
            var seat = _seats.Find(seat => seat.ConfirmationId == id && seat is { State: SeatState.Confirming, Lease.Confirms: true } or { Delivery: DeliveryStatus.Confirmed });
            if (_isFinished || seat is null)
            {
                return TransferError.UnknownName;
            }

            if (seat.Lease is null)
            {
                return isRight == true ? TransferError.None : TransferError.UnknownName;
            }

            receiver = seat.Lease;
            switch (isRight)
            {
                case true:
                    answer = TransferError.None;
                    end = ResolveDelivered_NeedsLock(seat, DeliveryStatus.Confirmed);
                    break;

                case false:
                    answer = TransferError.DigestMismatch;
                    ResolveLost_NeedsLock(seat, answer);
                    Release_NeedsLock();
                    end = FindEnd_NeedsLock();
                    break;

                default:
                    // It has said what it can: nothing better than its connection's word will come, which may be known already.
                    receiver.Confirms = false;
                    if (receiver.ConnectionsWord == DeliveryStatus.None)
                    {
                        return TransferError.NoDigest;
                    }

                    answer = TransferError.NoDigest;
                    end = ResolveDelivered_NeedsLock(seat, receiver.ConnectionsWord);
                    break;
            }
        }

        AfterLeaving(end);
        receiver.EndPart(answer == TransferError.DigestMismatch ? answer : TransferError.None);
        return answer;
    }

    /// <summary>A receiver that was to confirm has not got the file.</summary>
    /// <returns><see langword="false"/> when none called itself so, or its part is over.</returns>
    public bool TryDecline(string id)
    {
        TransferReceiver? receiver;
        lock (Channel.Lock)
        {
            receiver = _seats.Find(seat => seat.ConfirmationId == id)?.Lease;
        }

        receiver?.Fail(TransferError.ReceiverLost);
        return receiver is not null;
    }

    /// <summary>The client of <paramref name="receiver"/> has what it was to get.</summary>
    public void Deliver(TransferReceiver receiver, DeliveryStatus delivery, bool isLastWord = false)
    {
        TransferError? end;
        lock (Channel.Lock)
        {
            if (_isFinished || !ReferenceEquals(receiver.Seat.Lease, receiver))
            {
                return;
            }

            var now = _timeProvider.GetTimestamp();
            if (receiver.IsPiece)
            {
                receiver.Seat.Leave(TransferError.ReceiverLost, now);
                TellPlaceChanged_NeedsLock();
                end = FindEnd_NeedsLock();
            }
            else if (receiver.Confirms && !isLastWord)
            {
                // A program that has read everything may have failed to store it. What is known is said if nothing is heard until the stall limit.
                receiver.ConnectionsWord = delivery;
                receiver.Seat.Confirm(now);
                receiver.Watch.Begin();
                return;
            }
            else
            {
                end = ResolveDelivered_NeedsLock(receiver.Seat, delivery);
            }
        }

        receiver.EndPart(TransferError.None);
        AfterLeaving(end);
    }

    private TransferError? ResolveDelivered_NeedsLock(ReceiverSeat seat, DeliveryStatus delivery)
    {
        seat.Resolve(TransferError.None, delivery, _timeProvider.GetTimestamp());
        Release_NeedsLock();
        return FindEnd_NeedsLock();
    }
}
