using System.Diagnostics.CodeAnalysis;
using Beam.Buffering;
using Beam.Tokens;

namespace Beam.Transfers;

public sealed partial class Relay
{
    /// <summary>
    /// Takes the sender's place in the transfer called <paramref name="name"/> to send the file from its start, whether its receivers wait
    /// already or come later.
    /// </summary>
    /// <param name="token">What the sender presented.</param>
    /// <param name="name">The name within the token's channel; compared byte for byte.</param>
    /// <param name="description">What the sender says of its bytes.</param>
    /// <param name="terms">On what terms it joins; <see langword="null"/> for the defaults.</param>
    /// <returns>
    /// The lease, or why there is none. A refusal changes nothing. A transfer whose sender has broken off is given up for the new one, unless it
    /// has not begun: then the new sender begins in its place.
    /// </returns>
    public JoinResult<TransferSender> JoinAsSender(Token token, string name, TransferDescription description, SendTerms? terms = null)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(description);
        return TryJoinAsSender(token, name, description, terms ?? new SendTerms(), out _);
    }

    /// <summary>Takes the sender's place in the transfer called <paramref name="name"/> to go on where the file broke off.</summary>
    /// <param name="token">What the sender presented.</param>
    /// <param name="name">The name within the token's channel; compared byte for byte.</param>
    /// <param name="offset">Where the sender's bytes begin, in bytes from the start of the file.</param>
    /// <param name="length">The length of the whole file, if this sender says it.</param>
    /// <param name="terms">On what terms it joins; what it says of receivers does not count any more. <see langword="null"/> for the defaults.</param>
    /// <returns>
    /// The lease, or why there is none: <see cref="TransferError.UnknownName"/>, <see cref="TransferError.WrongOffset"/>,
    /// <see cref="TransferError.LengthChanged"/> or what <see cref="JoinAsSender"/> answers. A sender that still seems connected is cut once the
    /// offset is right.
    /// </returns>
    public async ValueTask<JoinResult<TransferSender>> ResumeAsSenderAsync(Token token, string name, long offset, long? length, SendTerms? terms = null)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(name);
        terms ??= new SendTerms();
        for (Task? stopped = null; ;)
        {
            if (stopped is not null)
            {
                // The one before may still be handing over what had arrived.
                await stopped.ConfigureAwait(false);
            }

            Transfer? transfer;
            lock (token.Channel.Lock)
            {
                var error = FindForSender_NeedsLock(token, name, out transfer);
                if (error == TransferError.None)
                {
                    error = transfer!.CheckResumption_NeedsLock(offset, length, terms);
                }

                if (error != TransferError.None)
                {
                    return JoinResult<TransferSender>.Refused(error, transfer?.GetSnapshot());
                }

                if (!transfer!.IsSenderBusy_NeedsLock && transfer.HasSenderStopped_NeedsLock)
                {
                    return JoinResult<TransferSender>.Joined(transfer.ContinueSender_NeedsLock(length, terms));
                }
            }

            stopped = transfer.SupersedeSender();
        }
    }

    /// <summary>A receiver says itself, with the digest of what it got, that it has the file.</summary>
    /// <param name="token">What the receiver presented.</param>
    /// <param name="name">The name within the token's channel.</param>
    /// <param name="sha256">The SHA-256 of what it has got.</param>
    /// <param name="id">The <see cref="ReceiveTerms.ConfirmationId"/> it has come with; <see langword="null"/> if it has none.</param>
    /// <returns>
    /// <see cref="TransferError.None"/>, also when it has said so before; <see cref="TransferError.DigestMismatch"/>, after which this receiver has
    /// failed; <see cref="TransferError.NoDigest"/>; <see cref="TransferError.UnknownName"/> when no receiver waits for that, or not yet;
    /// <see cref="TransferError.UnnamedReceiver"/> when the file has several receivers and <paramref name="id"/> is <see langword="null"/>;
    /// <see cref="TransferError.NotAllowed"/>.
    /// </returns>
    [SuppressMessage("Performance", "CA1822", Justification = "It belongs with the relay's other operations.")]
    public TransferError Confirm(Token token, string name, ReadOnlySpan<byte> sha256, string? id = null)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!token.Rights.HasFlag(TokenRights.Receive))
        {
            return TransferError.NotAllowed;
        }

        Transfer? transfer;
        lock (token.Channel.Lock)
        {
            if (!token.Channel.Transfers.TryGetValue(name, out transfer))
            {
                var isTold = token.Channel.Outcomes.TryGetValue(name, out var past) && past.Outcome is { IsSuccess: true, Sha256: { } known }
                    && known.Span.SequenceEqual(sha256);
                return isTold ? TransferError.None : TransferError.UnknownName;
            }
        }

        return transfer.Confirm(id, sha256);
    }

    /// <summary>A receiver that said that it would confirm says that it has not got the file: its disk is full, say. It counts as broken off.</summary>
    /// <param name="token">What the receiver presented.</param>
    /// <param name="name">The name within the token's channel.</param>
    /// <param name="id">The <see cref="ReceiveTerms.ConfirmationId"/> it has come with.</param>
    /// <returns>
    /// <see cref="TransferError.None"/>; <see cref="TransferError.UnknownName"/> when no such receiver is there; <see cref="TransferError.NotAllowed"/>.
    /// </returns>
    [SuppressMessage("Performance", "CA1822", Justification = "It belongs with the relay's other operations.")]
    public TransferError Decline(Token token, string name, string id)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(id);
        if (!token.Rights.HasFlag(TokenRights.Receive))
        {
            return TransferError.NotAllowed;
        }

        Transfer? transfer;
        lock (token.Channel.Lock)
        {
            token.Channel.Transfers.TryGetValue(name, out transfer);
        }

        return transfer?.TryDecline(id) == true ? TransferError.None : TransferError.UnknownName;
    }

    /// <summary>Takes a receiver's place in the transfer called <paramref name="name"/>, whether its sender waits already or comes later.</summary>
    /// <param name="token">What the receiver presented.</param>
    /// <param name="name">The name within the token's channel; compared byte for byte.</param>
    /// <param name="terms">On what terms it joins; <see langword="null"/> for the defaults.</param>
    /// <returns>The lease, or why there is none. Nothing is changed by a refusal.</returns>
    public JoinResult<TransferReceiver> JoinAsReceiver(Token token, string name, ReceiveTerms? terms = null)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(name);
        TakenPlace? taken = null;
        return TryJoinAsReceiver(token, name, terms ?? new ReceiveTerms(), mayWait: false, ref taken);
    }

    private JoinResult<TransferSender> TryJoinAsSender(Token token, string name, TransferDescription description, SendTerms terms, out TakenPlace? taken)
    {
        taken = null;
        if (description.Length > _options.MaxTransferBytes)
        {
            return JoinResult<TransferSender>.Refused(TransferError.TooLarge);
        }

        if (terms.Receivers < 1 || terms.Receivers > _options.MaxReceivers)
        {
            return JoinResult<TransferSender>.Refused(TransferError.TooManyReceivers);
        }

        while (true)
        {
            var joined = TryTakeSendersPlace(token, name, description, terms, out var abandoned, out taken);
            if (abandoned is null)
            {
                return joined;
            }

            abandoned.TryFinish(TransferError.SenderLost);
        }
    }

    private JoinResult<TransferSender> TryTakeSendersPlace(
        Token token,
        string name,
        TransferDescription description,
        SendTerms terms,
        out Transfer? abandoned,
        out TakenPlace? taken)
    {
        abandoned = null;
        taken = null;
        Transfer? transfer;
        TransferSender sender;
        List<TransferReceiver> excess;
        lock (token.Channel.Lock)
        {
            // Rights come first: who may not send does not learn which names there are.
            if (token.Channel.Transfers.TryGetValue(name, out transfer) && transfer.HasSender_NeedsLock && token.Rights.HasFlag(TokenRights.Send))
            {
                if (FindObstacle_NeedsLock(token) is var obstacle && obstacle != TransferError.None)
                {
                    return JoinResult<TransferSender>.Refused(obstacle);
                }

                if (!transfer.CanBeReplaced_NeedsLock)
                {
                    taken = transfer.IsSenderBusy_NeedsLock ? transfer.NotePlaceTaken_NeedsLock() : null;
                    return JoinResult<TransferSender>.Refused(TransferError.NameInUse);
                }

                if (!transfer.IsUntouched_NeedsLock)
                {
                    abandoned = transfer;
                    return default;
                }

                sender = transfer.AttachSender_NeedsLock(token, description, terms, out excess);
            }
            else
            {
                var error = TryBegin_NeedsLock(token, TokenRights.Send, name, ref transfer);
                if (error != TransferError.None)
                {
                    return JoinResult<TransferSender>.Refused(error);
                }

                token.Channel.Outcomes.Remove(name);
                sender = transfer!.AttachSender_NeedsLock(token, description, terms, out excess);
            }

            OfferToWaiting_NeedsLock(transfer);
        }

        excess.ForEach(static receiver => receiver.EndPart(TransferError.AlreadyReceiving));
        if (transfer.Buffer is null && !TryOpen(transfer, new ChunkBufferTerms(description.Length, terms.HandsIn)))
        {
            return JoinResult<TransferSender>.Refused(TransferError.NoRoom);
        }
        else
        {
            transfer.UpdateAttended();
        }

        FailIfDraining(transfer);
        return JoinResult<TransferSender>.Joined(sender);
    }

    /// <param name="token">What the receiver presented.</param>
    /// <param name="name">The name.</param>
    /// <param name="terms">On what terms it joins.</param>
    /// <param name="mayWait">Whether it may be refused a free place because it probably is a receiver that still seems connected.</param>
    /// <param name="taken">The place that it has waited for, if it has; then that which it may wait for.</param>
    private JoinResult<TransferReceiver> TryJoinAsReceiver(Token token, string name, ReceiveTerms terms, bool mayWait, ref TakenPlace? taken)
    {
        var awaited = taken?.Transfer;
        taken = null;
        Transfer? transfer;
        TransferReceiver? receiver;
        TransferReceiver? before = null;
        lock (token.Channel.Lock)
        {
            if (!token.Rights.HasFlag(TokenRights.Receive))
            {
                return JoinResult<TransferReceiver>.Refused(_isDraining ? TransferError.ShuttingDown : TransferError.NotAllowed);
            }

            // What has come under the same name meanwhile is not the file that it came for.
            if (awaited?.Outcome_NeedsLock is { } outcome)
            {
                return JoinResult<TransferReceiver>.Gone(outcome);
            }

            if (!token.Channel.Transfers.TryGetValue(name, out transfer) && token.Channel.Outcomes.TryGetValue(name, out var past))
            {
                return JoinResult<TransferReceiver>.Gone(past.Outcome);
            }

            if (terms.TransferId is { } id && id != transfer?.Id)
            {
                terms = terms with { From = null, To = null, TransferId = null };
            }

            // With a second place it would keep one of those who have none yet away.
            var joined = mayWait && !_isDraining && transfer?.SeemsToReturn_NeedsLock(token, terms) == true
                ? JoinResult<TransferReceiver>.Refused(TransferError.AlreadyReceiving)
                : TryTakeSeat_NeedsLock(token, name, terms, ref transfer, out before);
            if (!joined.IsJoined)
            {
                // The one use of a token may still be that of a connection of the same receiver.
                var isTaken = joined.Error == TransferError.AlreadyReceiving
                    || (joined.Error == TransferError.TokenSpent && transfer?.HasReceiver_NeedsLock(token) == true);
                taken = isTaken ? transfer!.NotePlaceTaken_NeedsLock() : null;
                return joined;
            }

            receiver = joined.Lease;
        }

        before?.EndPart(TransferError.Superseded);
        transfer!.UpdateAttended();
        FailIfDraining(transfer);
        return JoinResult<TransferReceiver>.Joined(receiver);
    }

    private bool TryOpen(Transfer transfer, ChunkBufferTerms terms)
    {
        IChunkBuffer? buffer = null;
        try
        {
            buffer = _buffers.Create(terms);
        }
        finally
        {
            // A factory of the host's own may throw.
            if (buffer is null)
            {
                transfer.TryFinish(TransferError.NoRoom);
                _ = transfer.LeaveAsync().AsTask();
            }
        }

        if (buffer is null)
        {
            return false;
        }

        transfer.Open(buffer, terms.HoldsAll);
        return true;
    }

    private TransferError FindForSender_NeedsLock(Token token, string name, out Transfer? transfer)
    {
        transfer = null;
        if (_isDraining)
        {
            return TransferError.ShuttingDown;
        }

        if (!token.Rights.HasFlag(TokenRights.Send))
        {
            return TransferError.NotAllowed;
        }

        return token.Channel.Transfers.TryGetValue(name, out transfer) && transfer.HasSender_NeedsLock ? TransferError.None : TransferError.UnknownName;
    }

    private JoinResult<TransferReceiver> TryTakeSeat_NeedsLock(
        Token token,
        string name,
        ReceiveTerms terms,
        ref Transfer? transfer,
        out TransferReceiver? before)
    {
        before = null;
        TransferReceiver? receiver;
        var seat = transfer is { HasSender_NeedsLock: true } ? transfer.FindSeatToReturnTo_NeedsLock(token, terms) : null;
        if (seat is not null || transfer is { HasFreeSeat_NeedsLock: false })
        {
            if (FindObstacle_NeedsLock(token) is var obstacle && obstacle != TransferError.None)
            {
                return JoinResult<TransferReceiver>.Refused(obstacle);
            }

            if (seat is null)
            {
                return JoinResult<TransferReceiver>.Refused(TransferError.AlreadyReceiving);
            }

            receiver = transfer!.TakeSeatAgain_NeedsLock(seat, terms, out before);
        }
        else
        {
            var isNew = transfer is null;
            var error = TryBegin_NeedsLock(token, TokenRights.Receive, name, ref transfer);
            if (error != TransferError.None)
            {
                return JoinResult<TransferReceiver>.Refused(error);
            }

            receiver = transfer!.TakeSeat_NeedsLock(token, terms);
            if (receiver is null && !isNew)
            {
                token.EndUse_NeedsChannelLock(_timeProvider.GetUtcNow(), _options.TokenRenewal, isSpent: false);
            }
        }

        return receiver is null
            ? JoinResult<TransferReceiver>.Refused(TransferError.RangeNotHeld, transfer.GetSnapshot())
            : JoinResult<TransferReceiver>.Joined(receiver);
    }

    /// <summary>Finds what keeps somebody from taking over a place, which begins no use of the token: it may have ended while they waited.</summary>
    private TransferError FindObstacle_NeedsLock(Token token)
    {
        if (_isDraining)
        {
            return TransferError.ShuttingDown;
        }

        return token.IsAlive(_timeProvider.GetUtcNow()) ? TransferError.None : TransferError.UnknownToken;
    }

    private TransferError TryBegin_NeedsLock(Token token, TokenRights right, string name, ref Transfer? transfer)
    {
        if (_isDraining)
        {
            return TransferError.ShuttingDown;
        }

        if (!token.Rights.HasFlag(right))
        {
            return TransferError.NotAllowed;
        }

        if (transfer is null && token.Channel.CountWaiting_NeedsLock() >= _options.MaxWaitingTransfersPerToken)
        {
            return TransferError.TooManyWaiting;
        }

        if (transfer is null && Interlocked.Increment(ref _count) > _options.MaxTransfers)
        {
            Uncount();
            return TransferError.TooManyTransfers;
        }

        var error = token.TryBeginUse_NeedsChannelLock(_timeProvider.GetUtcNow(), _options.TokenRenewal);
        if (transfer is not null)
        {
            return error;
        }

        if (error != TransferError.None)
        {
            Uncount();
            return error;
        }

        transfer = new Transfer(this, token, name, _ids.Next(), _options, _timeProvider);
        token.Channel.Transfers.Add(name, transfer);
        _transfers[transfer.Id] = transfer;
        return TransferError.None;
    }
}
