using Beam.Buffering;
using Beam.Tokens;

namespace Beam.Transfers;

internal sealed partial class Transfer
{
    /// <summary>Gets a value indicating whether somebody may begin the file anew: its sender has broken off.</summary>
    public bool CanBeReplaced_NeedsLock => HasSender_NeedsLock && Sender.Lease is null && !_isAccepted && !_isFinished;

    /// <summary>Gets a value indicating whether a new sender can begin at the start without anybody noticing.</summary>
    public bool IsUntouched_NeedsLock => Content.BytesReceived == 0 && !Content.IsComplete && Sender.Stopped.IsCompleted;

    public bool HasSenderStopped_NeedsLock => Sender.Stopped.IsCompleted;

    public TransferSender AttachSender_NeedsLock(TokenUse? use, TransferDescription description, SendTerms terms, out List<TransferReceiver> excess)
    {
        excess = [];
        var now = _timeProvider.GetTimestamp();
        if (use is not null)
        {
            Sender.Take(use);
            _receiverWait = LimitWait(terms.Wait);
            _receiversAwaitedSince = now;
        }

        Content.Begin(description, terms.WantsDigest || terms.Sha256 is not null || _seats.Exists(static seat => seat.Lease is { Confirms: true }));
        _wantedReceivers = terms.Receivers;
        while (_seats.Count > _wantedReceivers)
        {
            excess.Add(RemoveSeat_NeedsLock(_seats[^1])!);
        }

        // It may want more receivers than the one before it.
        TellPlaceChanged_NeedsLock();
        return AttachSender_NeedsLock(terms, now);
    }

    /// <summary>Says why a sender cannot go on at <paramref name="offset"/>, if it cannot.</summary>
    public TransferError CheckResumption_NeedsLock(long offset, long? length, SendTerms terms)
        => Content.CheckContinuation(offset, length, needsDigest: terms.Sha256 is not null, _options.MaxTransferBytes);

    /// <summary>Lets a further sender go on where the file broke off. The one before has stopped.</summary>
    public TransferSender ContinueSender_NeedsLock(long? length, SendTerms terms)
    {
        Content.LearnLength(length);
        return AttachSender_NeedsLock(terms, _timeProvider.GetTimestamp());
    }

    /// <summary>Takes the place from a sender that may still be alive.</summary>
    /// <returns>The task that ends when nothing of the one before reaches the log any more.</returns>
    public Task SupersedeSender()
    {
        TransferSender? before;
        lock (Channel.Lock)
        {
            before = Sender.Lease;
            if (before is null)
            {
                return Sender.Stopped;
            }

            LeaveSender_NeedsLock(TransferError.SenderLost);
        }

        before.End(new SendResult(TransferError.Superseded, Content.BytesReceived, Outcome: null));
        return before.Stopped;
    }

    /// <summary>Gives the transfer its buffer; called once, after the first sender was attached.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="holdsAll">Whether it holds everything to the end, so that its sender may hand the file in.</param>
    public void Open(IChunkBuffer buffer, bool holdsAll)
    {
        lock (Channel.Lock)
        {
            Content.Open(buffer, holdsAll);
        }

        UpdateAttended();
        if (_isFinished)
        {
            buffer.Fail();
        }

        Content.EndOpening();
    }

    /// <summary>The pump of <paramref name="sender"/> has come to an end.</summary>
    public void EndBody(TransferSender sender, TransferError error, bool endsFile)
    {
        if (error is TransferError.SenderLost)
        {
            LoseSender(sender, error);
            return;
        }

        var isPiece = false;
        lock (Channel.Lock)
        {
            if (_isFinished || !ReferenceEquals(Sender.Lease, sender))
            {
                return;
            }

            if (error == TransferError.None && Content.Description.Length != Content.BytesReceived)
            {
                isPiece = !endsFile;
                error = !isPiece && Content.IsCutShort ? TransferError.BadBody : error;
            }

            if (isPiece)
            {
                LeaveSender_NeedsLock(TransferError.SenderLost);
            }
            else if (error == TransferError.None)
            {
                Content.End();
            }
        }

        if (error != TransferError.None)
        {
            TryFinish(error);
        }
        else if (isPiece)
        {
            sender.End(new SendResult(TransferError.None, Content.BytesReceived, Outcome: null));
        }
        else
        {
            Content.Buffer!.Complete();
        }
    }

    /// <summary>The connection of <paramref name="sender"/> is gone. Bytes that it has sent completely still reach a receiver that is there.</summary>
    public void LoseSender(TransferSender sender, TransferError error)
    {
        bool isFinal;
        lock (Channel.Lock)
        {
            if (_isFinished || !ReferenceEquals(Sender.Lease, sender))
            {
                return;
            }

            isFinal = !(Sender.MayResume && CanResume_NeedsLock) && !(Content.IsComplete && _seats.Exists(static seat => seat.Lease is not null));
            if (!isFinal)
            {
                LeaveSender_NeedsLock(error);
            }
        }

        if (isFinal)
        {
            TryFinish(error);
        }
        else
        {
            sender.End(new SendResult(error, Content.BytesReceived, Outcome: null));
        }
    }

    private TransferSender AttachSender_NeedsLock(SendTerms terms, long now)
    {
        Content.CountAnew();
        var sender = new TransferSender(this, _options, Content.Length, terms, _timeProvider);
        Sender.Attach(sender, terms.MayResume, now);
        _leases++;
        TellCreated_NeedsLock();
        NotePaired_NeedsLock(now);
        return sender;
    }

    private void LeaveSender_NeedsLock(TransferError error)
    {
        Sender.Leave(error, _timeProvider.GetTimestamp());
        TellPlaceChanged_NeedsLock();
    }

    private TimeSpan LimitWait(TimeSpan? asked) => asked is { } wait && wait < _options.WaitTimeout ? wait : _options.WaitTimeout;
}
