using Beam.Buffering;
using Beam.Tokens;

namespace Beam.Transfers;

internal sealed partial class Transfer
{
    /// <summary>Gets a value indicating whether somebody may begin the file anew: its sender has broken off.</summary>
    public bool CanBeReplaced_NeedsLock => HasSender_NeedsLock && _sender is null && !_isAccepted && !_isFinished;

    /// <summary>Gets a value indicating whether a new sender can begin at the start without anybody noticing.</summary>
    public bool IsUntouched_NeedsLock => BytesReceived == 0 && !_isBodyComplete && _senderStopped.IsCompleted;

    public bool HasSenderStopped_NeedsLock => _senderStopped.IsCompleted;

    public TransferSender AttachSender_NeedsLock(Token token, TransferDescription description, SendTerms terms, out List<TransferReceiver> excess)
    {
        excess = [];
        var now = _timeProvider.GetTimestamp();
        if (!HasSender_NeedsLock)
        {
            _senderToken = token;
            _receiverWait = LimitWait(terms.Wait);
            _receiversAwaitedSince = now;
        }

        // Nothing has come yet, so that a digest can still take everything in.
        if (terms.WantsDigest || terms.Sha256 is not null || _seats.Exists(static seat => seat.Lease is { Confirms: true }))
        {
            Digest ??= new TransferDigest();
        }

        _wantedReceivers = terms.Receivers;
        Description = description;
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
    {
        if (terms.Sha256 is not null && Digest is null)
        {
            return TransferError.NoDigest;
        }

        if (Buffer is null)
        {
            // The first sender is only just joining.
            return TransferError.NameInUse;
        }

        if (length is not null && Description.Length is not null && length != Description.Length)
        {
            return TransferError.LengthChanged;
        }

        return offset == Buffer.Held.To ? length > _options.MaxTransferBytes ? TransferError.TooLarge : TransferError.None : TransferError.WrongOffset;
    }

    /// <summary>Lets a further sender go on where the file broke off. The one before has stopped.</summary>
    public TransferSender ContinueSender_NeedsLock(long? length, SendTerms terms)
    {
        Description = Description with { Length = Description.Length ?? length };
        return AttachSender_NeedsLock(terms, _timeProvider.GetTimestamp());
    }

    /// <summary>Takes the place from a sender that may still be alive.</summary>
    /// <returns>The task that ends when nothing of the one before reaches the log any more.</returns>
    public Task SupersedeSender()
    {
        TransferSender? before;
        lock (Channel.Lock)
        {
            before = _sender;
            if (before is null)
            {
                return _senderStopped;
            }

            LeaveSender_NeedsLock(TransferError.SenderLost);
        }

        before.End(new SendResult(TransferError.Superseded, BytesReceived, Outcome: null));
        return before.Stopped;
    }

    /// <summary>Gives the transfer its buffer; called once, after the first sender was attached.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="holdsAll">Whether it holds everything to the end, so that its sender may hand the file in.</param>
    public void Open(IChunkBuffer buffer, bool holdsAll)
    {
        lock (Channel.Lock)
        {
            Buffer = buffer;
            _holdsAll = holdsAll;
        }

        UpdateAttended();
        if (_isFinished)
        {
            buffer.Fail();
        }

        _opened.TrySetResult();
    }

    public void CountReceived(long bytes) => Volatile.Write(ref _bytesReceived, _bytesReceived + bytes);

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
            if (_isFinished || !ReferenceEquals(_sender, sender))
            {
                return;
            }

            if (error == TransferError.None && Description.Length != BytesReceived)
            {
                isPiece = !endsFile;
                error = isPiece || Description.Length is null ? error : TransferError.BadBody;
            }

            if (isPiece)
            {
                LeaveSender_NeedsLock(TransferError.SenderLost);
            }
            else if (error == TransferError.None)
            {
                Volatile.Write(ref _isBodyComplete, true);
                Digest?.Complete();
            }
        }

        if (error != TransferError.None)
        {
            TryFinish(error);
        }
        else if (isPiece)
        {
            sender.End(new SendResult(TransferError.None, BytesReceived, Outcome: null));
        }
        else
        {
            Buffer!.Complete();
        }
    }

    /// <summary>The connection of <paramref name="sender"/> is gone. Bytes that it has sent completely still reach a receiver that is there.</summary>
    public void LoseSender(TransferSender sender, TransferError error)
    {
        bool isFinal;
        lock (Channel.Lock)
        {
            if (_isFinished || !ReferenceEquals(_sender, sender))
            {
                return;
            }

            isFinal = !(_mayResume && CanResume_NeedsLock) && !(_isBodyComplete && _seats.Exists(static seat => seat.Lease is not null));
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
            sender.End(new SendResult(error, BytesReceived, Outcome: null));
        }
    }

    private TransferSender AttachSender_NeedsLock(SendTerms terms, long now)
    {
        // What an interrupted append did not take was counted all the same.
        Volatile.Write(ref _bytesReceived, Buffer?.Held.To ?? 0);
        _mayResume = terms.MayResume;
        _sender = new TransferSender(this, _options, Length, terms, _timeProvider);
        _senderStopped = _sender.Stopped;
        _senderSince = now;
        _leases++;
        TellCreated_NeedsLock();
        NotePaired_NeedsLock(now);
        return _sender;
    }

    private void LeaveSender_NeedsLock(TransferError error)
    {
        _sender = null;
        _senderError = error;
        _senderSince = _timeProvider.GetTimestamp();
        TellPlaceChanged_NeedsLock();
    }

    private TimeSpan LimitWait(TimeSpan? asked) => asked is { } wait && wait < _options.WaitTimeout ? wait : _options.WaitTimeout;
}
