namespace Beam.Transfers;

/// <summary>Says which deadline of a transfer has passed, and when the next one will. It only asks, and changes nothing.</summary>
/// <remarks>Callers hold the channel's lock. They end what has missed its deadline after they have released it.</remarks>
internal sealed class Deadlines(
    SenderSeat sender,
    ReceiverSeats receivers,
    TransferContent content,
    TransferClock clock,
    BeamOptions options,
    TimeProvider timeProvider)
{
    /// <summary>Gets a value indicating whether receivers are still missing when their time is up.</summary>
    public bool AreReceiversOverdue => receivers.AreMissing && HasPassed(receivers.AwaitedSince, receivers.Wait);

    // A sender that has sent everything is needed once more if no receiver is left: then it hears how the transfer has ended.
    private bool IsSenderNeeded => !content.IsComplete || (!content.IsHandedIn && receivers.AreAllResolved);

    private bool IsSenderOverdue => sender.Lease is null && IsSenderNeeded && HasPassed(sender.Since, options.ResumeTimeout);

    // The sender owes bytes to somebody who takes them. Its watch runs from the moment when it came: one that never begins owes them, too.
    private bool IsSenderStalled
        => sender.Lease is { } lease
            && !content.IsComplete
            && receivers.AreAny(SeatState.Receiving)
            && lease.Watch.Elapsed(clock.FlowingSince) >= options.StallTimeout;

    private DateTimeOffset? SenderDeadline => sender.Lease is null && IsSenderNeeded ? At(sender.Since, options.ResumeTimeout) : null;

    /// <summary>Finds the first missed deadline of a transfer in this state.</summary>
    public Overdue FindOverdue(TransferState state)
    {
        if (state == TransferState.Finished)
        {
            return default;
        }

        if (!sender.IsTaken)
        {
            return FindOverdueReceiver(FindUnpaired);
        }

        if (IsSenderOverdue)
        {
            return new Overdue(OverdueKind.WholeTransfer, sender.Error);
        }

        if (state == TransferState.WaitingForReceiver && sender.Token?.IsAlive(timeProvider.GetUtcNow()) == false)
        {
            return new Overdue(OverdueKind.WholeTransfer, TransferError.TokenEnded);
        }

        if (AreReceiversOverdue)
        {
            return new Overdue(OverdueKind.MissingReceivers, TransferError.NoReceiver);
        }

        if (receivers.All.FirstOrDefault(IsStarved) is { } starved)
        {
            // What was accepted waits for another time: that others have used up what there is takes no file from anybody.
            return content.IsHandedIn && starved.Lease is { } receiver
                ? new Overdue(OverdueKind.Receiver, receiver.Overload, Receiver: receiver)
                : new Overdue(OverdueKind.WholeTransfer, TransferError.NoRoom);
        }

        return IsSenderStalled
            ? new Overdue(OverdueKind.Sender, TransferError.SenderStalled, Sender: sender.Lease)
            : FindOverdueReceiver(FindPaired);
    }

    /// <summary>Says when the state ends by itself; <see langword="null"/> when it does not, as long as bytes flow.</summary>
    public DateTimeOffset? FindNext(TransferState state) => state switch
    {
        TransferState.WaitingForSender => receivers.All.Max(seat => (DateTimeOffset?)At(seat.Since, seat.Wait)),
        TransferState.WaitingForReceiver => Earlier(At(receivers.AwaitedSince, receivers.Wait), SenderDeadline),
        TransferState.ReceiverAway => Earlier(
            receivers.All.Where(static seat => seat.State == SeatState.Away).Max(seat => At(seat.Since, options.ResumeTimeout)),
            SenderDeadline),
        TransferState.SenderAway => SenderDeadline,
        _ => null,
    };

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset? other) => other < one ? other.Value : one;

    private Overdue FindOverdueReceiver(Func<ReceiverSeat, Overdue> find)
        => receivers.All.Select(find).FirstOrDefault(static overdue => overdue.Kind != OverdueKind.Nothing);

    private Overdue FindUnpaired(ReceiverSeat seat)
    {
        if (seat.State != SeatState.Receiving)
        {
            return default;
        }

        if (seat.Token?.IsAlive(timeProvider.GetUtcNow()) == false)
        {
            return new Overdue(OverdueKind.Receiver, TransferError.TokenEnded, Receiver: seat.Lease);
        }

        return HasPassed(seat.Since, seat.Wait) ? new Overdue(OverdueKind.Receiver, TransferError.NoSender, Receiver: seat.Lease) : default;
    }

    private Overdue FindPaired(ReceiverSeat seat)
    {
        switch (seat.State)
        {
            case SeatState.Receiving or SeatState.Confirming when seat.Lease is { } lease && HasStalled(seat, lease):
                // The relay cannot know whether a program will read what its system has.
                // Nor can it know whether a receiver that should have confirmed, and has not, has the file.
                return seat.State == SeatState.Confirming && (lease.IsHandedOver || seat.ConnectionsWord != DeliveryStatus.None)
                    ? new Overdue(OverdueKind.LastWord, Receiver: lease)
                    : new Overdue(OverdueKind.Receiver, TransferError.ReceiverStalled, Receiver: lease);

            case SeatState.Away when HasPassed(seat.Since, options.ResumeTimeout) || seat.Cursor < content.Held.From:
                return new Overdue(OverdueKind.AwayReceiver, seat.Error, Seat: seat);

            default:
                return default;
        }
    }

    // Before it has begun to take bytes, what counts is the time since there could be any: its watch runs from the moment when it came.
    private bool HasStalled(ReceiverSeat seat, TransferReceiver lease)
        => lease.Watch.Elapsed(lease.HasBegun ? seat.Since : Math.Max(seat.Since, clock.FlowingSince)) >= options.StallTimeout;

    /// <summary>
    /// Says whether the slowest receiver waits for bytes that the relay owes it: other transfers have used up the budget.
    /// </summary>
    private bool IsStarved(ReceiverSeat seat)
    {
        var since = Math.Max(clock.FlowingSince, clock.RoomSince);
        return seat is { State: SeatState.Receiving, Lease: { } lease }
            && !receivers.AreMissing
            && lease.ReadWatch.Elapsed(Math.Max(seat.Since, since)) >= options.StallTimeout
            && (content.IsComplete || sender.Lease?.AppendWatch.Elapsed(since) >= options.StallTimeout)
            && receivers.IsSlowest(seat);
    }

    private DateTimeOffset At(long since, TimeSpan limit) => timeProvider.GetUtcNow() - timeProvider.GetElapsedTime(since) + limit;

    private bool HasPassed(long since, TimeSpan limit) => timeProvider.GetElapsedTime(since) >= limit;
}
