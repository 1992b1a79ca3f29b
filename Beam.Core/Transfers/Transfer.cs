using System.Diagnostics.CodeAnalysis;
using Beam.Holding;
using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>One file that moves through a channel: the state machine that senders, receivers and deadlines act on.</summary>
/// <remarks>
/// The state changes under the channel's lock, and it ends once: whoever calls <see cref="TryFinish"/> first decides the outcome. A sender or a
/// receiver that breaks off leaves its place to whoever comes back for it. Leases are told, and the buffer is failed, outside the lock: both go
/// on inline with what waits for them.
/// </remarks>
[SuppressMessage("Reliability", "CA1001", Justification = "The leases belong to those who joined; the buffer is disposed when all have left.")]
internal sealed partial class Transfer
{
    private readonly Relay _relay;
    private readonly BeamOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly List<ReceiverSeat> _seats = [];
    private readonly Token _token;
    private readonly long _createdAt;
    private readonly DateTimeOffset _startedAt;

    private TimeSpan _receiverWait;
    private int _wantedReceivers;
    private long _receiversAwaitedSince;
    private long _flowingSince;
    private long? _pairedAt;
    private int _leases;
    private RetainedOutcome? _retained;
    private volatile bool _isFinished;

    public Transfer(Relay relay, Token token, string name, string id, BeamOptions options, TimeProvider timeProvider)
    {
        _relay = relay;
        _token = token;
        _options = options;
        _timeProvider = timeProvider;
        Channel = token.Channel;
        Name = name;
        Id = id;
        _createdAt = timeProvider.GetTimestamp();
        _startedAt = timeProvider.GetUtcNow();
    }

    public Channel Channel { get; }

    public string Name { get; }

    /// <summary>Gets the short id under which logs of both sides can be found.</summary>
    public string Id { get; }

    public TransferContent Content { get; } = new();

    public SenderSeat Sender { get; } = new();

    public bool IsFinished => _isFinished;

    /// <summary>Gets how it ended; <see langword="null"/> when it has not, or nobody ever sent to it.</summary>
    public TransferOutcome? Outcome_NeedsLock => _retained?.Outcome;

    public bool HasSender_NeedsLock => Sender.IsTaken;

    /// <summary>Gets a value indicating whether a sender is connected, or has sent everything.</summary>
    public bool IsSenderBusy_NeedsLock => Sender.Lease is not null;

    /// <summary>Gets a value indicating whether a further receiver would find a place.</summary>
    public bool HasFreeSeat_NeedsLock => _seats.Count < (HasSender_NeedsLock ? _wantedReceivers : _options.MaxReceivers);

    /// <summary>Gets a value indicating whether it has a file for a receiver that takes anything.</summary>
    public bool IsOnOffer_NeedsLock => HasSender_NeedsLock && (HasFreeSeat_NeedsLock || _seats.Exists(static seat => seat.State == SeatState.Away));

    /// <summary>Gets the timestamp of its first sender's arrival.</summary>
    public long OfferedSince_NeedsLock => _receiversAwaitedSince;

    private bool CanResume_NeedsLock => _options.ResumeTimeout > TimeSpan.Zero && !_relay.IsDraining;

    /// <summary>Gets how long the first side waited for the other; <see langword="null"/> as long as it does.</summary>
    public TimeSpan? Wait => _pairedAt is { } pairedAt ? _timeProvider.GetElapsedTime(_createdAt, pairedAt) : null;

    public TransferState GetState_NeedsLock()
    {
        if (_isFinished)
        {
            return TransferState.Finished;
        }

        if (!HasSender_NeedsLock)
        {
            return TransferState.WaitingForSender;
        }

        if (_seats.Exists(static seat => seat.State == SeatState.Receiving))
        {
            return Sender.Lease is null && !Content.IsComplete ? TransferState.SenderAway : TransferState.Streaming;
        }

        if (_seats.Exists(static seat => seat.State == SeatState.Confirming))
        {
            return TransferState.Confirming;
        }

        return _seats.Exists(static seat => seat.State == SeatState.Away) ? TransferState.ReceiverAway : TransferState.WaitingForReceiver;
    }

    /// <summary>Says whether nothing flows because somebody has not come, or not come back.</summary>
    public bool IsWaiting()
    {
        lock (Channel.Lock)
        {
            return IsWaiting_NeedsLock();
        }
    }

    public bool IsWaiting_NeedsLock() => GetState_NeedsLock() is not (TransferState.Streaming or TransferState.Confirming or TransferState.Finished);

    /// <summary>Ends the transfer if it has not ended, for whoever has not got the file by now.</summary>
    /// <param name="error">Why.</param>
    public bool TryFinish(TransferError error)
    {
        TransferOutcome outcome;
        RetainedOutcome? retained = null;
        List<TransferReceiver> receivers;
        bool isAbandoned;
        lock (Channel.Lock)
        {
            if (_isFinished)
            {
                return false;
            }

            var timestamp = _timeProvider.GetTimestamp();
            receivers = [.. _seats.Where(static seat => seat.Lease is not null).Select(static seat => seat.Lease!)];
            foreach (var seat in _seats.Where(static seat => !seat.IsResolved))
            {
                seat.Resolve(error, DeliveryStatus.None, timestamp);
            }

            outcome = FindOutcome_NeedsLock(error);
            _isFinished = true;
            TellPlaceChanged_NeedsLock();
            if (error == TransferError.ShuttingDown && _isAccepted)
            {
                (Content.Buffer as HeldFileBuffer)?.OutliveProcess();
            }

            LeaveChannel_NeedsLock();
            isAbandoned = _leases == 0;

            Sender.End(isSpent: outcome.IsSuccess);
            foreach (var seat in _seats)
            {
                seat.End(isSpent: seat.State == SeatState.Delivered);
            }

            // A receiver that nobody ever sent to leaves nothing to tell.
            if (HasSender_NeedsLock)
            {
                var forgottenAt = _timeProvider.GetUtcNow() + _options.OutcomeRetention;
                retained = new RetainedOutcome(Channel, Name, outcome, GetSnapshot_NeedsLock() with { ExpiresAt = forgottenAt }, forgottenAt);
                Channel.Outcomes[Name] = retained;
                _retained = retained;
            }

            TellEnd_NeedsLock(outcome);
        }

        try
        {
            _relay.OnFinished(this, outcome, retained);
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

    /// <summary>Fails the transfer if it waits, or runs, with <paramref name="token"/> or one made from it.</summary>
    public void EndToken(Token token)
    {
        List<TransferReceiver> receivers;
        lock (Channel.Lock)
        {
            receivers = Sender.Token?.IsOrDescendsFrom(token) == true
                ? []
                : [.. _seats.Where(seat => seat.Lease is not null && seat.Token!.IsOrDescendsFrom(token)).Select(static seat => seat.Lease!)];
            if (receivers.Count == 0
                && Sender.Token?.IsOrDescendsFrom(token) != true
                && !_seats.Exists(seat => !seat.IsResolved && seat.Token?.IsOrDescendsFrom(token) == true))
            {
                return;
            }
        }

        // The other receivers of a file have done nothing wrong.
        if (receivers.Count > 0)
        {
            receivers.ForEach(static receiver => receiver.Fail(TransferError.TokenEnded));
        }
        else
        {
            TryFinish(TransferError.TokenEnded);
        }
    }

    /// <summary>One connection is done with the transfer; after the last of them, when it has ended, nothing is left of it.</summary>
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

    public TransferSnapshot GetSnapshot()
    {
        lock (Channel.Lock)
        {
            return GetSnapshot_NeedsLock();
        }
    }

    /// <summary>Says where it stands, or how it ended; <see langword="null"/> when it has ended and nobody ever sent to it.</summary>
    public TransferStatus? GetStatus()
    {
        lock (Channel.Lock)
        {
            return _isFinished ? _retained?.ToStatus() : new TransferStatus(Name, GetSnapshot_NeedsLock(), Outcome: null);
        }
    }

    public TransferSnapshot GetSnapshot_NeedsLock() => new(
        Id,
        _token.Id,
        GetState_NeedsLock(),
        Content.BytesReceived,
        Content.BytesSent,
        Content.Length,
        _isFinished ? default : Content.Held,
        [.. _seats.Select(static seat => new ReceiverSnapshot(seat.State, seat.Cursor, seat.Error, seat.Delivery))],
        HasSender_NeedsLock ? _wantedReceivers : null,
        Sender.Lease is not null,
        _timeProvider.GetElapsedTime(_createdAt),
        _startedAt,
        FindDeadline_NeedsLock())
    {
        Description = Content.Description,
        IsAccepted = _isAccepted,
        Sha256 = Content.Digest?.Value,
    };

    /// <summary>Lets nobody join any more: the name is free.</summary>
    private void LeaveChannel_NeedsLock()
    {
        if (Channel.Transfers.TryGetValue(Name, out var current) && ReferenceEquals(current, this))
        {
            Channel.Transfers.Remove(Name);
        }
    }

    private TransferOutcome FindOutcome_NeedsLock(TransferError error) => new(
        error,
        error == TransferError.None ? _seats.Min(static seat => seat.Delivery) : DeliveryStatus.None,
        Content.BytesSent,
        _pairedAt is { } pairedAt ? _timeProvider.GetElapsedTime(pairedAt) : TimeSpan.Zero,
        [.. _seats.Select(static seat => new ReceiverOutcome(seat.Error, seat.Delivery, seat.Cursor))])
    {
        Sha256 = Content.Digest?.Value,
    };

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
            _relay.Forget(this);
        }
    }
}
