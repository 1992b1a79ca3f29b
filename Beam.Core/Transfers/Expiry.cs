namespace Beam.Transfers;

/// <summary>Ends what has missed its deadline: a connection, a receiver's part, or a transfer.</summary>
internal static class Expiry
{
    public static void Sweep(Transfer transfer)
    {
        foreach (var receiver in GetLeases(transfer))
        {
            receiver.Watch.Sample();
        }

        // Each turn ends something, so there is an end to the turns.
        while (Find(transfer) is { Kind: not OverdueKind.Nothing } overdue)
        {
            End(transfer, overdue);
        }
    }

    /// <summary>Ends the part of a receiver that has broken off: the transfer waits for it no longer.</summary>
    private static void GiveUp(Transfer transfer, ReceiverSeat seat, TransferError error)
    {
        TransferError? end;
        lock (transfer.Channel.Lock)
        {
            if (transfer.IsFinished || seat.State != SeatState.Away)
            {
                return;
            }

            end = transfer.Resolve_NeedsLock(seat, error, DeliveryStatus.None);
        }

        transfer.FinishOrGoOn(end);
    }

    private static List<TransferReceiver> GetLeases(Transfer transfer)
    {
        lock (transfer.Channel.Lock)
        {
            return transfer.Receivers.GetLeases();
        }
    }

    private static Overdue Find(Transfer transfer)
    {
        lock (transfer.Channel.Lock)
        {
            return transfer.Deadlines.FindOverdue(transfer.GetState_NeedsLock());
        }
    }

    private static void End(Transfer transfer, Overdue overdue)
    {
        switch (overdue)
        {
            case { Kind: OverdueKind.WholeTransfer }:
                transfer.TryFinish(overdue.Error);
                break;

            case { Kind: OverdueKind.MissingReceivers }:
                GiveUpMissing(transfer);
                break;

            case { Kind: OverdueKind.Sender, Sender: { } sender }:
                sender.Lose(overdue.Error);
                break;

            case { Kind: OverdueKind.Receiver, Receiver: { } receiver }:
                receiver.Lose(overdue.Error);
                break;

            case { Kind: OverdueKind.LastWord, Receiver: { } receiver }:
                receiver.Deliver(DeliveryStatus.Sent, isLastWord: true);
                break;

            case { Kind: OverdueKind.AwayReceiver, Seat: { } seat }:
                GiveUp(transfer, seat, overdue.Error);
                break;

            default:
                throw new InvalidOperationException($"{overdue.Kind} misses no deadline.");
        }
    }

    /// <summary>Counts the receivers that have not come as failed; the others go on.</summary>
    private static void GiveUpMissing(Transfer transfer)
    {
        TransferError? end;
        lock (transfer.Channel.Lock)
        {
            // Its sender may have handed the file in meanwhile, which gives the receivers more time.
            if (transfer.IsFinished || !transfer.Deadlines.AreReceiversOverdue)
            {
                return;
            }

            var now = transfer.Host.TimeProvider.GetTimestamp();
            transfer.Receivers.AddMissing(now);
            transfer.Clock.NoteRoom(now);
            transfer.Release_NeedsLock();
            end = transfer.Receivers.End;
        }

        transfer.FinishOrGoOn(end);
    }
}
