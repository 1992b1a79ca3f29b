using Beam.Observing;
using Beam.Tokens;

namespace Beam.Transfers;

internal sealed partial class Transfer
{
    /// <summary>Takes a place that nobody has had.</summary>
    /// <returns>The lease, or <see langword="null"/> when what it asks for is not held.</returns>
    public TransferReceiver? TakeSeat_NeedsLock(TokenUse use, ReceiveTerms terms)
    {
        var seat = new ReceiverSeat(use, LimitWait(terms.Wait), _timeProvider.GetTimestamp());
        _seats.Add(seat);
        var receiver = Sit_NeedsLock(seat, terms);
        if (receiver is null)
        {
            _seats.Remove(seat);
        }

        return receiver;
    }

    /// <summary>Finds the place that a receiver comes back to; <see langword="null"/> when it is to take a new one.</summary>
    public ReceiverSeat? FindSeatToReturnTo_NeedsLock(Token token, ReceiveTerms terms)
    {
        if (terms.From > 0 || !HasFreeSeat_NeedsLock)
        {
            return FindAbandonedSeat_NeedsLock(terms);
        }

        // A token without uses left takes no free place, but the use of a receiver that broke off is still its own.
        return token.IsSpent_NeedsChannelLock ? _seats.Find(seat => seat.State == SeatState.Away && ReferenceEquals(seat.Token, token)) : null;
    }

    /// <summary>Finds the place of a receiver that has broken off, or seems to have, for one that comes back.</summary>
    private ReceiverSeat? FindAbandonedSeat_NeedsLock(ReceiveTerms terms)
    {
        var from = terms.From ?? 0;

        // The client has hardly more than what its connection had taken.
        var away = _seats.Where(static seat => seat.State == SeatState.Away).OrderBy(static seat => seat.Cursor).ToList();
        if (away.Find(seat => seat.Cursor >= from) is { } match)
        {
            return match;
        }

        if (away.Count > 0)
        {
            return away[^1];
        }

        return from > 0 ? _seats.Find(seat => seat.Lease is { } lease && IsDoubtful(seat, lease, terms)) : null;
    }

    /// <summary>Takes the place of a receiver that has broken off, or seems to have.</summary>
    /// <param name="seat">What <see cref="FindSeatToReturnTo_NeedsLock"/> found.</param>
    /// <param name="terms">What the returning receiver asks for.</param>
    /// <param name="before">The connection that had the place until now; to be told outside the lock.</param>
    /// <returns>The lease, or <see langword="null"/> when what it asks for is not held.</returns>
    public TransferReceiver? TakeSeatAgain_NeedsLock(ReceiverSeat seat, ReceiveTerms terms, out TransferReceiver? before)
    {
        before = seat.Lease;
        return Sit_NeedsLock(seat, terms);
    }

    /// <summary>Notes that <paramref name="receiver"/> has taken <paramref name="bytes"/> more, and releases what nobody needs.</summary>
    public void Advance(TransferReceiver receiver, long bytes)
    {
        _relay.Metrics.CountRelayed(bytes);
        lock (Channel.Lock)
        {
            if (_isFinished || !ReferenceEquals(receiver.Seat.Lease, receiver))
            {
                return;
            }

            receiver.Seat.Cursor = receiver.Position;
            Content.NoteSent(receiver.Position);
            Release_NeedsLock();
        }
    }

    /// <summary>The connection of <paramref name="receiver"/> is gone, or is to go.</summary>
    public void LoseReceiver(TransferReceiver receiver, TransferError error)
    {
        TransferError? end;
        lock (Channel.Lock)
        {
            var seat = receiver.Seat;
            if (_isFinished || !ReferenceEquals(seat.Lease, receiver))
            {
                return;
            }

            var now = _timeProvider.GetTimestamp();
            if (!HasSender_NeedsLock)
            {
                RemoveSeat_NeedsLock(seat);
                end = null;
                if (_seats.Count == 0)
                {
                    // Whoever comes from now on must not meet what is about to end.
                    LeaveChannel_NeedsLock();
                    end = error;
                }
            }
            else if (error == TransferError.ReceiverLost && receiver.Position == 0 && Channel.NextReceivers.Count > 0)
            {
                // It has got nothing, and somebody waits for just that.
                RemoveSeat_NeedsLock(seat);
                _relay.OfferToWaiting_NeedsLock(this);
                end = null;
            }
            else
            {
                if (error is TransferError.ReceiverLost or TransferError.ReceiverStalled && CanResume_NeedsLock)
                {
                    seat.Leave(error, now);
                    _relay.OfferToReturned_NeedsLock(this, seat);
                    TellPlaceChanged_NeedsLock();
                }
                else
                {
                    ResolveLost_NeedsLock(seat, error);
                }

                Release_NeedsLock();
                end = FindEnd_NeedsLock();
            }
        }

        // The transfer first: whoever sees this part end may ask how the whole ended.
        try
        {
            AfterLeaving(end);
        }
        finally
        {
            receiver.EndPart(error);
        }
    }

    /// <summary>Frees the place of <paramref name="receiver"/>, which was never told of it, for whoever comes or waits.</summary>
    public void FreeSeat(TransferReceiver receiver)
    {
        lock (Channel.Lock)
        {
            if (_isFinished || !ReferenceEquals(receiver.Seat.Lease, receiver))
            {
                return;
            }

            RemoveSeat_NeedsLock(receiver.Seat);
            _relay.OfferToWaiting_NeedsLock(this);
        }

        UpdateAttended();
        receiver.EndPart(TransferError.ReceiverLost);
    }

    /// <summary>Cancels the parts of the receivers that came with <paramref name="token"/>.</summary>
    /// <returns><see langword="false"/> when there are none.</returns>
    public bool TryCancelReceivers(Token token)
    {
        List<ReceiverSeat> seats;
        lock (Channel.Lock)
        {
            seats = _isFinished ? [] : _seats.FindAll(seat => !seat.IsResolved && ReferenceEquals(seat.Token, token));
        }

        seats.ForEach(CancelSeat);
        return seats.Count > 0;
    }

    /// <summary>Tells the buffer whether somebody reads; called after every change of the seats.</summary>
    public void UpdateAttended()
    {
        // Another thread may have changed the seats meanwhile; whoever sees the last state sets it last.
        for (bool? told = null; FindAttended() is { } attended && attended != told; told = attended)
        {
            Content.Buffer!.IsAttended = attended;
        }
    }

    private bool? FindAttended()
    {
        lock (Channel.Lock)
        {
            return _isFinished || Content.Buffer is null ? null : _seats.Exists(static seat => seat.Lease is not null);
        }
    }

    private void AfterLeaving(TransferError? end)
    {
        if (end is { } error)
        {
            TryFinish(error);
        }
        else
        {
            UpdateAttended();
        }
    }

    private void CancelSeat(ReceiverSeat seat)
    {
        TransferReceiver? receiver;
        TransferError? end = null;
        lock (Channel.Lock)
        {
            if (_isFinished || seat.IsResolved)
            {
                return;
            }

            receiver = seat.Lease;
            if (receiver is null)
            {
                seat.Resolve(TransferError.Cancelled, DeliveryStatus.None, _timeProvider.GetTimestamp());
                Release_NeedsLock();
                end = FindEnd_NeedsLock();
            }
        }

        receiver?.Fail(TransferError.Cancelled);
        AfterLeaving(end);
    }

    private TransferReceiver? Sit_NeedsLock(ReceiverSeat seat, ReceiveTerms terms)
    {
        // Before the sender has come there is nothing of which anybody could have the beginning.
        var from = HasSender_NeedsLock ? terms.From ?? 0 : 0;
        if (!Content.TryRewind(from))
        {
            return null;
        }

        var now = _timeProvider.GetTimestamp();
        var receiver = new TransferReceiver(this, seat, from, terms, _timeProvider);
        seat.Attach(receiver, from, now);
        _leases++;
        TellCreated_NeedsLock();
        NotePaired_NeedsLock(now);

        // It may have got more than its predecessor was known to have taken: then the sender waits for room that is there.
        Release_NeedsLock();
        return receiver;
    }

    private TransferReceiver? RemoveSeat_NeedsLock(ReceiverSeat seat)
    {
        _seats.Remove(seat);
        seat.End(isSpent: false);
        var lease = seat.Lease;
        seat.Resolve(TransferError.AlreadyReceiving, DeliveryStatus.None, _timeProvider.GetTimestamp());
        TellPlaceChanged_NeedsLock();
        return lease;
    }

    private void NotePaired_NeedsLock(long now)
    {
        if (Sender.Lease is not null && _seats.Exists(static seat => seat.Lease is not null))
        {
            _flowingSince = now;
            if (_pairedAt is null)
            {
                _pairedAt = now;
                Tell_NeedsLock(TransferEventKind.Paired);
            }
        }
    }

    private bool IsDoubtful(ReceiverSeat seat, TransferReceiver lease, ReceiveTerms terms)
        => terms.TransferId == Id || lease.Watch.Elapsed(seat.Since) >= TakenPlace.DoubtedAfter;

    /// <summary>Releases what lies behind the slowest receiver.</summary>
    private void Release_NeedsLock()
    {
        if (Content.Buffer is not { } buffer || _seats.Count < _wantedReceivers)
        {
            // Who has not come yet will want the first byte.
            return;
        }

        var slowest = long.MaxValue;
        foreach (var seat in _seats)
        {
            if (seat.Lease is not null)
            {
                slowest = Math.Min(slowest, seat.Cursor);
            }
        }

        // One that is away holds nobody up who is there; what it needs stays only as long as nothing else needs the room.
        if (slowest != long.MaxValue)
        {
            buffer.Release(slowest);
        }
    }

    /// <summary>Says how the transfer ends now that one receiver's part has changed; <see langword="null"/> when it does not.</summary>
    private TransferError? FindEnd_NeedsLock()
        => HasSender_NeedsLock && _seats.Count == _wantedReceivers && _seats.TrueForAll(static seat => seat.IsResolved)
            ? _seats.Find(static seat => seat.Error != TransferError.None)?.Error ?? TransferError.None
            : null;
}
