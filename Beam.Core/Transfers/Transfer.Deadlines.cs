namespace Beam.Transfers;

internal sealed partial class Transfer
{
    /// <summary>Ends what has missed its deadline: a connection, a receiver's part, or the transfer.</summary>
    public void Sweep()
    {
        foreach (var receiver in GetReceivers())
        {
            receiver.Watch.Sample();
        }

        // Each turn ends something, so there is an end to the turns.
        while (FindOverdue() is { } end)
        {
            end();
        }
    }

    private TransferReceiver[] GetReceivers()
    {
        lock (Channel.Lock)
        {
            return [.. _seats.Where(static seat => seat.Lease is not null).Select(static seat => seat.Lease!)];
        }
    }

    /// <summary>Finds the first missed deadline.</summary>
    /// <returns>What ends it, to be called outside the lock; <see langword="null"/> when there is none.</returns>
    private Action? FindOverdue()
    {
        lock (Channel.Lock)
        {
            if (_isFinished)
            {
                return null;
            }

            if (FindOverdueWhole_NeedsLock() is var error && error != TransferError.None)
            {
                return () => TryFinish(error);
            }

            if (FindStalledSender_NeedsLock() is { } sender)
            {
                return () => LoseSender(sender, TransferError.SenderStalled);
            }

            foreach (var seat in _seats)
            {
                if (FindOverdue_NeedsLock(seat) is { } end)
                {
                    return end;
                }
            }

            return null;
        }
    }

    private TransferError FindOverdueWhole_NeedsLock()
    {
        if (!HasSender_NeedsLock)
        {
            return TransferError.None;
        }

        var needsSender = !Content.IsComplete || (!_isAccepted && _seats.TrueForAll(static seat => seat.IsResolved));
        if (Sender.Lease is null && needsSender && HasPassed(Sender.Since, _options.ResumeTimeout))
        {
            return Sender.Error;
        }

        if (GetState_NeedsLock() == TransferState.WaitingForReceiver && !Sender.Token!.IsAlive(_timeProvider.GetUtcNow()))
        {
            return TransferError.TokenEnded;
        }

        if (_seats.Count < _wantedReceivers && HasPassed(_receiversAwaitedSince, _receiverWait))
        {
            return FindMissingReceivers_NeedsLock();
        }

        return _seats.Exists(IsStarved_NeedsLock) ? TransferError.NoRoom : TransferError.None;
    }

    /// <summary>Counts those who have not come as failed; the others go on.</summary>
    private TransferError FindMissingReceivers_NeedsLock()
    {
        var isAnybodyThere = _seats.Exists(static seat => !seat.IsResolved);
        var now = _timeProvider.GetTimestamp();
        while (_seats.Count < _wantedReceivers)
        {
            var missing = new ReceiverSeat(use: null, TimeSpan.Zero, now);
            missing.Resolve(TransferError.NoReceiver, DeliveryStatus.None, now);
            _seats.Add(missing);
        }

        Release_NeedsLock();
        return isAnybodyThere ? TransferError.None : FindEnd_NeedsLock() ?? TransferError.None;
    }

    private TransferSender? FindStalledSender_NeedsLock()
        => Sender.Lease is { } sender
            && !Content.IsComplete
            && _seats.Exists(static seat => seat.State == SeatState.Receiving)
            && sender.Watch.Elapsed(_flowingSince) >= _options.StallTimeout
                ? sender
                : null;

    private Action? FindOverdue_NeedsLock(ReceiverSeat seat)
    {
        switch (seat.State)
        {
            case SeatState.Receiving when !HasSender_NeedsLock && !seat.Token!.IsAlive(_timeProvider.GetUtcNow()):
                return () => seat.Lease?.Fail(TransferError.TokenEnded);

            case SeatState.Receiving when !HasSender_NeedsLock && HasPassed(seat.Since, seat.Wait):
                return () => seat.Lease?.Fail(TransferError.NoSender);

            case SeatState.Receiving or SeatState.Confirming when HasSender_NeedsLock && seat.Lease!.Watch.Elapsed(seat.Since) >= _options.StallTimeout:
                var receiver = seat.Lease;

                // With everything in its system, whether its program will read it cannot be known; nor whether one has it that was to confirm and has not.
                return seat.State == SeatState.Confirming && (receiver.IsHandedOver || receiver.ConnectionsWord != DeliveryStatus.None)
                    ? () => Deliver(receiver, DeliveryStatus.Sent, isLastWord: true)
                    : () => LoseReceiver(receiver, TransferError.ReceiverStalled);

            case SeatState.Away when HasPassed(seat.Since, _options.ResumeTimeout) || seat.Cursor < Content.Held.From:
                return () => GiveUp(seat);

            default:
                return null;
        }
    }

    private void GiveUp(ReceiverSeat seat)
    {
        TransferError? end;
        lock (Channel.Lock)
        {
            if (_isFinished || seat.State != SeatState.Away)
            {
                return;
            }

            ResolveLost_NeedsLock(seat, seat.Error);
            Release_NeedsLock();
            end = FindEnd_NeedsLock();
        }

        AfterLeaving(end);
    }

    /// <summary>Says whether the slowest receiver waits for bytes that are ours to give: the budget is used up by others.</summary>
    private bool IsStarved_NeedsLock(ReceiverSeat seat)
    {
        var limit = _options.StallTimeout;
        return seat.State == SeatState.Receiving
            && _seats.Count >= _wantedReceivers
            && seat.Lease!.ReadWatch.Elapsed(Math.Max(seat.Since, _flowingSince)) >= limit
            && (Content.IsComplete || Sender.Lease?.AppendWatch.Elapsed(_flowingSince) >= limit)
            && _seats.TrueForAll(other => other.Lease is null || other.Cursor >= seat.Cursor);
    }

    /// <summary>Says when the present state ends by itself; <see langword="null"/> when it does not, as long as bytes flow.</summary>
    private DateTimeOffset? FindDeadline_NeedsLock() => GetState_NeedsLock() switch
    {
        TransferState.WaitingForSender => _seats.Max(seat => (DateTimeOffset?)At(seat.Since, seat.Wait)),
        TransferState.WaitingForReceiver => Earlier(At(_receiversAwaitedSince, _receiverWait), FindSenderDeadline_NeedsLock()),
        TransferState.ReceiverAway
            => Earlier(_seats.Where(static seat => seat.State == SeatState.Away).Max(seat => At(seat.Since, _options.ResumeTimeout)), FindSenderDeadline_NeedsLock()),
        TransferState.SenderAway => FindSenderDeadline_NeedsLock(),
        _ => null,
    };

    private DateTimeOffset? FindSenderDeadline_NeedsLock()
        => Sender.Lease is null && !Content.IsComplete ? At(Sender.Since, _options.ResumeTimeout) : null;

    private DateTimeOffset At(long since, TimeSpan limit) => _timeProvider.GetUtcNow() - _timeProvider.GetElapsedTime(since) + limit;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset? other) => other < one ? other.Value : one;

    private bool HasPassed(long since, TimeSpan limit) => _timeProvider.GetElapsedTime(since) >= limit;
}
