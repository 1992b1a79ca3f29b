using Beam.Buffering;
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
        var changes = token.Channel.ChangeCount;
        Content = new TransferContent(changes);
        Sender = new SenderSeat(changes);
        Receivers = new ReceiverSeats(changes, host.Options.MaxReceivers);
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

    public TransferContent Content { get; }

    public SenderSeat Sender { get; }

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

    /// <summary>
    /// A connection has a seat; <see cref="LeaveAsync"/> says that it is done. It counts last, so that it does not after an exception.
    /// </summary>
    public void Enter_NeedsLock()
    {
        Events.TellCreated();
        if (Sender.Lease is not null && Receivers.AreAttended && Clock.TryPair(Now))
        {
            Events.Tell(TransferEventKind.Paired);
        }

        _leases++;
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
    /// Ends a receiver's part. A file that was handed in then waits for another receiver if this one failed; a sender does not. After a
    /// receiver that was handed nothing, and has only claimed to have the file, both do.
    /// </summary>
    /// <returns>How the transfer ends with it; <see langword="null"/> when it does not.</returns>
    public TransferError? Resolve_NeedsLock(ReceiverSeat seat, TransferError error, DeliveryStatus delivery)
    {
        if (error != TransferError.None && (Content.IsHandedIn || seat.HasOnlyClaimed))
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

    /// <summary>Notes that a receiver's connection has taken more, and releases what nobody needs.</summary>
    public void Advance(TransferReceiver receiver, long bytes)
    {
        Host.Metrics.CountRelayed(bytes);
        lock (Channel.Lock)
        {
            if (IsHere_NeedsLock(receiver))
            {
                receiver.Seat.Advance(receiver.Position);
                Release_NeedsLock();
            }
        }
    }

    /// <summary>Ends the transfer, if it has not ended, for every receiver that has not got the file by now.</summary>
    /// <param name="error">Why.</param>
    /// <param name="isRemembered">Whether the channel remembers how it ended. If not, it is as if nobody had come under the name.</param>
    public bool TryFinish(TransferError error, bool isRemembered = true)
    {
        TransferEnd? end;
        lock (Channel.Lock)
        {
            end = End_NeedsLock(error, isRemembered);
        }

        if (end is null)
        {
            return false;
        }

        Announce(end);
        return true;
    }

    /// <summary>Ends the transfer, if it has not ended. The caller tells everybody with <see cref="Announce"/>, outside the lock.</summary>
    /// <param name="error">Why.</param>
    /// <param name="isRemembered">Whether the channel remembers how it ended.</param>
    /// <returns><see langword="null"/> when it has ended before.</returns>
    public TransferEnd? End_NeedsLock(TransferError error, bool isRemembered = true)
    {
        if (_isFinished)
        {
            return null;
        }

        var receivers = Receivers.GetLeases();
        Receivers.ResolveRest(error, Now);
        var outcome = TransferOutcome.Of(this, error);
        _isFinished = true;
        SeatChange.Tell();
        Channel.Remove_NeedsLock(this);
        Sender.End(isSpent: outcome.IsSuccess);
        Receivers.EndUses();

        // Without a sender there is nothing to remember.
        _retained = Sender.IsTaken && isRemembered ? Channel.Retain_NeedsLock(this, outcome) : null;

        // A file that was handed in does not end with the process: the next process finds it again.
        if (error != TransferError.ShuttingDown || !Content.TryOutliveProcess())
        {
            Events.TellEnd(outcome);
        }

        return new TransferEnd(outcome, receivers, IsAbandoned: _leases == 0);
    }

    /// <summary>Tells everybody, outside the lock, that the transfer has ended.</summary>
    public void Announce(TransferEnd end)
    {
        var steps = new EndSteps();
        Host.Finished(this, end.Outcome, _retained, steps);
        if (!end.Outcome.IsSuccess)
        {
            steps.Do(Content.Fail);
        }

        Content.EndOpening();
        steps.Do(() => Sender.Lease?.End(new SendResult(end.Outcome.Error, Content.BytesReceived, end.Outcome)));
        foreach (var receiver in end.Receivers)
        {
            steps.Do(() => receiver.EndPart(end.Outcome.Error));
        }

        Host.Report(this, steps);
        if (end.IsAbandoned)
        {
            _ = CleanUpAsync();
        }
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
            // A log that throws has lost the bytes.
            var steps = new EndSteps();
            steps.Do(UpdateAttended);
            if (steps.Failures.Count > 0)
            {
                TryFinish(TransferError.NoRoom);
                Host.Report(this, steps);
            }
        }
    }

    /// <summary>Tells the log whether somebody reads; called after every change of the seats.</summary>
    public void UpdateAttended()
    {
        // Another thread may have changed the seats meanwhile; the last thread to set this has seen the last state.
        (IChunkBuffer Log, bool IsAttended)? told = null;
        while (FindAttended() is { } now && now != told)
        {
            now.Log.IsAttended = now.IsAttended;
            told = now;
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

    private (IChunkBuffer Log, bool IsAttended)? FindAttended()
    {
        lock (Channel.Lock)
        {
            return !_isFinished && Content.Buffer is { } log ? (log, Receivers.AreAttended) : null;
        }
    }

    private async Task CleanUpAsync()
    {
        var steps = new EndSteps();
        if (Content.Buffer is { } buffer)
        {
            await steps.DoAsync(buffer.DisposeAsync).ConfigureAwait(false);
        }

        Content.Charge?.Dispose();
        Host.Forgotten(this);
        Host.Report(this, steps);
    }
}
