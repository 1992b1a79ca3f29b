namespace Beam.Transfers;

/// <summary>Ends the part of a receiver's connection: it is lost, or the client has what it was to get.</summary>
internal static class ReceiverEnd
{
    /// <summary>The connection is gone, or is to go.</summary>
    /// <returns><see langword="false"/> when it has left its seat before, so that nothing has changed.</returns>
    public static bool Lose(TransferReceiver receiver, TransferError error)
    {
        var (transfer, seat) = (receiver.Transfer, receiver.Seat);
        TransferError? end = null;
        lock (transfer.Channel.Lock)
        {
            if (!transfer.IsHere_NeedsLock(receiver))
            {
                return false;
            }

            var next = transfer.Channel.NextReceivers;
            if (!transfer.Sender.IsTaken)
            {
                transfer.FreeSeat_NeedsLock(seat);
                if (transfer.Receivers.Count == 0)
                {
                    // A side that comes from now on must not meet what is about to end.
                    transfer.Channel.Remove_NeedsLock(transfer);
                    end = error;
                }
            }
            else if ((error == TransferError.ReceiverLost && receiver.Position == 0 && next.Count > 0)
                || seat.HasOnlyClaimed)
            {
                // It has got nothing, so a receiver that waits for whatever comes may have its seat.
                transfer.FreeSeat_NeedsLock(seat);
                next.Offer(transfer);
            }
            else if (IsPassing(error) && transfer.CanResume)
            {
                Leave_NeedsLock(receiver, error);
                next.OfferBack(transfer, seat);
                transfer.Release_NeedsLock();
            }
            else
            {
                end = transfer.Resolve_NeedsLock(seat, error, DeliveryStatus.None);
            }
        }

        // The transfer first: a caller that sees this part end may ask how the whole ended.
        try
        {
            transfer.FinishOrGoOn(end);
        }
        finally
        {
            receiver.EndPart(error);
        }

        return true;
    }

    /// <summary>The client has what it was to get.</summary>
    public static void Deliver(TransferReceiver receiver, DeliveryStatus delivery, bool isLastWord)
    {
        var (transfer, seat) = (receiver.Transfer, receiver.Seat);
        TransferError? end;
        lock (transfer.Channel.Lock)
        {
            if (!transfer.IsHere_NeedsLock(receiver))
            {
                return;
            }

            var word = Weigh(receiver, delivery);
            if (receiver.IsPiece)
            {
                Leave_NeedsLock(receiver, TransferError.ReceiverLost);
                end = transfer.Receivers.End;
            }
            else if (seat.Confirms && !isLastWord)
            {
                // A program that has read everything may have failed to store it: wait for its word until the stall limit.
                seat.AwaitOwnWord(word, transfer.Host.TimeProvider.GetTimestamp());
                receiver.Watch.Begin();
                return;
            }
            else
            {
                var error = word == DeliveryStatus.None ? TransferError.ReceiverLost : TransferError.None;
                end = transfer.Resolve_NeedsLock(seat, error, word);
            }
        }

        receiver.EndPart(TransferError.None);
        transfer.FinishOrGoOn(end);
    }

    /// <summary>
    /// A receiver has asked for what comes after the last byte, and so claims to have the file. That counts if the relay has handed it the
    /// file, or will hear its own word.
    /// </summary>
    /// <returns><see langword="false"/> when it does not count. The receiver has then left its seat.</returns>
    public static bool TryClaimRest(TransferReceiver receiver)
    {
        lock (receiver.Transfer.Channel.Lock)
        {
            if (receiver.Seat.HasBeginning || receiver.Seat.Confirms)
            {
                return true;
            }
        }

        Lose(receiver, TransferError.ReceiverLost);
        return false;
    }

    /// <summary>What a connection's word is worth, when nothing proves that the whole file is right.</summary>
    public static DeliveryStatus AtMostSent(DeliveryStatus word) => word < DeliveryStatus.Sent ? word : DeliveryStatus.Sent;

    /// <summary>
    /// Says what a connection's word is worth. What its client had before is not known to be of this file, unless the relay has handed
    /// it to this very seat.
    /// </summary>
    private static DeliveryStatus Weigh(TransferReceiver receiver, DeliveryStatus delivery)
    {
        var most = receiver.Seat.HasBeginning ? DeliveryStatus.Confirmed
            : receiver.HasEverything ? DeliveryStatus.None
            : DeliveryStatus.Sent;
        most = receiver.Seat.IsUnproven ? AtMostSent(most) : most;
        return delivery < most ? delivery : most;
    }

    private static bool IsPassing(TransferError error) => error is TransferError.ReceiverLost or TransferError.ReceiverStalled;

    private static void Leave_NeedsLock(TransferReceiver receiver, TransferError error)
    {
        var transfer = receiver.Transfer;
        var now = transfer.Host.TimeProvider.GetTimestamp();
        receiver.Seat.Leave(error, now);
        transfer.Clock.NoteRoom(now);
        transfer.SeatChange.Tell();
    }
}
