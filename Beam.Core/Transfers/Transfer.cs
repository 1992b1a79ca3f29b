using Beam.Observing;
using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>One file that moves through a channel: its parts, the state that they make, and its end.</summary>
/// <remarks>
/// <para>The parts are plain data under the channel's lock. What happens to a transfer is an operation of its own, in a file of its own. An
/// operation takes the lock, asks the parts and changes them, and acts outside the lock.</para>
/// <para>It tells leases, and fails the log, outside the lock, because what waits for them goes on inline.</para>
/// <para>A transfer ends once: the first call of <see cref="TryFinish"/> decides the outcome.</para>
/// </remarks>
internal sealed class Transfer
{
    // How many connections have not left: the log is disposed after the last of them.
    private int _leases;

    // What is remembered after the end; null before it, and when no sender ever came.
    private RetainedOutcome? _retained;

    // Set once, under the lock; read without it where a stale answer does no harm.
    private volatile bool _isFinished;

    public Transfer(RelayHost host, Token token, string name, string id)
    {
        Host = host;
        Token = token;
        Name = name;
        Id = id;
        Receivers = new ReceiverSeats(host.Options.MaxReceivers);
        Clock = new TransferClock(host.TimeProvider);
        Deadlines = new Deadlines(Sender, Receivers, Content, Clock, host.Options, host.TimeProvider);
        Events = new TransferEvents(host, this);
    }

    /// <summary>Gets what the transfer may know of its relay: the options, the clock, and where to report its end.</summary>
    public RelayHost Host { get; }

    /// <summary>Gets the token of the side that came first.</summary>
    public Token Token { get; }

    public BeamChannel Channel => Token.Channel;

    public string Name { get; }

    /// <summary>Gets the short id under which logs of both sides can be found.</summary>
    public string Id { get; }

    public TransferContent Content { get; } = new();

    public SenderSeat Sender { get; } = new();

    public ReceiverSeats Receivers { get; }

    public TransferClock Clock { get; }

    public Deadlines Deadlines { get; }

    public TransferEvents Events { get; }

    /// <summary>Gets the signal for connections that came for a taken seat and wait for it.</summary>
    public SeatChange SeatChange { get; } = new();

    public bool IsFinished => _isFinished;

    /// <summary>Gets how it ended; <see langword="null"/> when it has not, or when no sender ever came.</summary>
    public TransferOutcome? Outcome_NeedsLock => _retained?.Outcome;

    /// <summary>Gets a value indicating whether a side that breaks off may come back.</summary>
    public bool CanResume => Host.Options.ResumeTimeout > TimeSpan.Zero && !Host.IsDraining;

    private long Now => Host.TimeProvider.GetTimestamp();

    public TransferState GetState_NeedsLock()
    {
        if (_isFinished)
        {
            return TransferState.Finished;
        }

        if (!Sender.IsTaken)
        {
            return TransferState.WaitingForSender;
        }

        if (Receivers.AreAny(SeatState.Receiving))
        {
            return Sender.Lease is null && !Content.IsComplete ? TransferState.SenderAway : TransferState.Streaming;
        }

        if (Receivers.AreAny(SeatState.Confirming))
        {
            return TransferState.Confirming;
        }

        return Receivers.AreAny(SeatState.Away) ? TransferState.ReceiverAway : TransferState.WaitingForReceiver;
    }

    /// <summary>Says whether nothing flows because somebody has not come, or not come back.</summary>
    public bool IsWaiting()
    {
        lock (Channel.Lock)
        {
            return IsWaiting_NeedsLock();
        }
    }

    public bool IsWaiting_NeedsLock()
        => GetState_NeedsLock() is not (TransferState.Streaming or TransferState.Confirming or TransferState.Finished);

    public bool IsHere_NeedsLock(TransferSender sender) => !_isFinished && ReferenceEquals(Sender.Lease, sender);

    public bool IsHere_NeedsLock(TransferReceiver receiver) => !_isFinished && ReferenceEquals(receiver.Seat.Lease, receiver);

    /// <summary>Says where it stands, or how it ended; <see langword="null"/> when it has ended and no sender ever came.</summary>
    public TransferStatus? GetStatus()
    {
        lock (Channel.Lock)
        {
            return _isFinished ? _retained?.ToStatus() : new TransferStatus(Name, TransferSnapshot.Of(this), Outcome: null);
        }
    }

    /// <summary>A connection has a seat; <see cref="LeaveAsync"/> says that it is done.</summary>
    public void Enter_NeedsLock()
    {
        _leases++;
        Events.TellCreated();
        if (Sender.Lease is not null && Receivers.AreAttended && Clock.TryPair(Now))
        {
            Events.Tell(TransferEventKind.Paired);
        }
    }

    /// <summary>Frees the sender's seat for a connection that goes on.</summary>
    public void FreeSenderSeat_NeedsLock(TransferError error)
    {
        Sender.Leave(error, Now);
        SeatChange.Tell();
    }

    /// <summary>Frees a receiver's seat for another receiver, as if nobody had ever taken it.</summary>
    public void FreeSeat_NeedsLock(ReceiverSeat seat)
    {
        Receivers.Remove(seat, Now);
        SeatChange.Tell();
    }

    /// <summary>
    /// Ends a receiver's part. A file that was handed in then waits for another receiver if this one failed; a sender does not.
    /// </summary>
    /// <returns>How the transfer ends with it; <see langword="null"/> when it does not.</returns>
    public TransferError? Resolve_NeedsLock(ReceiverSeat seat, TransferError error, DeliveryStatus delivery)
    {
        if (error != TransferError.None && Content.IsHandedIn)
        {
            FreeSeat_NeedsLock(seat);
            Channel.NextReceivers.Offer(this);
        }
        else
        {
            seat.Resolve(error, delivery, Now);
        }

        Clock.NoteRoom(Now);
        Release_NeedsLock();
        return Receivers.End;
    }

    /// <summary>Releases the bytes that no receiver needs.</summary>
    public void Release_NeedsLock()
    {
        if (Content.Buffer is { } buffer && Receivers.Taken is { } taken)
        {
            buffer.Release(taken);
        }
    }

    /// <summary>
    /// Has the log give back what it holds only for a receiver that might go back: a transfer that stands still releases nothing by itself.
    /// </summary>
    public void GiveWay()
    {
        lock (Channel.Lock)
        {
            if (!_isFinished)
            {
                Content.Buffer?.Release(Receivers.Taken ?? 0);
            }
        }
    }

    /// <summary>Notes that a receiver's connection has taken more, and releases what nobody needs.</summary>
    public void Advance(TransferReceiver receiver, long bytes)
    {
        Host.Metrics.CountRelayed(bytes);
        lock (Channel.Lock)
        {
            if (IsHere_NeedsLock(receiver))
            {
                receiver.Seat.Cursor = receiver.Position;
                Content.NoteSent(receiver.Position);
                Release_NeedsLock();
            }
        }
    }

    /// <summary>Makes connections that wait for a seat ask again: the relay takes nobody any more.</summary>
    public void TurnAwayWaiting()
    {
        lock (Channel.Lock)
        {
            SeatChange.Tell();
        }
    }

    /// <summary>Ends the transfer, if it has not ended, for every receiver that has not got the file by now.</summary>
    /// <param name="error">Why.</param>
    public bool TryFinish(TransferError error)
    {
        TransferOutcome outcome;
        List<TransferReceiver> receivers;
        bool isAbandoned;
        lock (Channel.Lock)
        {
            if (_isFinished)
            {
                return false;
            }

            receivers = Receivers.GetLeases();
            Receivers.ResolveRest(error, Now);
            outcome = TransferOutcome.Of(this, error);
            _isFinished = true;
            SeatChange.Tell();
            Channel.Remove_NeedsLock(this);
            isAbandoned = _leases == 0;
            Sender.End(isSpent: outcome.IsSuccess);
            Receivers.EndUses();

            // Without a sender there is nothing to remember.
            _retained = Sender.IsTaken ? Channel.Retain_NeedsLock(this, outcome) : null;

            // A file that was handed in does not end with the process: the next process finds it again.
            if (error != TransferError.ShuttingDown || !Content.TryOutliveProcess())
            {
                Events.TellEnd(outcome);
            }
        }

        try
        {
            Host.Finished(this, outcome, _retained);
        }
        finally
        {
            // A logger or a metrics listener that throws must not keep the two sides waiting.
            Announce(outcome, receivers);
            if (isAbandoned)
            {
                _ = CleanUpAsync();
            }
        }

        return true;
    }

    /// <summary>Does what follows outside the lock when a receiver's part has changed.</summary>
    /// <param name="end">How the transfer ends; <see langword="null"/> when it does not.</param>
    public void FinishOrGoOn(TransferError? end)
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

    /// <summary>Tells the log whether somebody reads; called after every change of the seats.</summary>
    public void UpdateAttended()
    {
        // Another thread may have changed the seats meanwhile; the last thread to set this has seen the last state.
        for (bool? told = null; FindAttended() is { } attended && attended != told; told = attended)
        {
            Content.Buffer!.IsAttended = attended;
        }
    }

    /// <summary>
    /// A connection is done with the transfer. After the last of them, when the transfer has ended, nothing is left of it.
    /// </summary>
    public async ValueTask LeaveAsync()
    {
        lock (Channel.Lock)
        {
            _leases--;
            if (_leases > 0 || !_isFinished)
            {
                return;
            }
        }

        await CleanUpAsync().ConfigureAwait(false);
    }

    private bool? FindAttended()
    {
        lock (Channel.Lock)
        {
            return _isFinished || Content.Buffer is null ? null : Receivers.AreAttended;
        }
    }

    private void Announce(TransferOutcome outcome, List<TransferReceiver> receivers)
    {
        if (!outcome.IsSuccess)
        {
            Content.Buffer?.Fail();
        }

        Content.EndOpening();
        Sender.Lease?.End(new SendResult(outcome.Error, Content.BytesReceived, outcome));
        receivers.ForEach(receiver => receiver.EndPart(outcome.Error));
    }

    private async Task CleanUpAsync()
    {
        try
        {
            if (Content.Buffer is { } buffer)
            {
                await buffer.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            Host.Forgotten(this);
        }
    }
}
