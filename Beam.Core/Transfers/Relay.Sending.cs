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

                sender = transfer.AttachSender_NeedsLock(use: null, description, terms, out excess);
            }
            else
            {
                var error = TryBegin_NeedsLock(token, TokenRights.Send, name, ref transfer, out var use);
                if (error != TransferError.None)
                {
                    return JoinResult<TransferSender>.Refused(error);
                }

                token.Channel.Outcomes.Remove(name);
                sender = transfer!.AttachSender_NeedsLock(use, description, terms, out excess);
            }

            OfferToWaiting_NeedsLock(transfer);
        }

        excess.ForEach(static receiver => receiver.EndPart(TransferError.AlreadyReceiving));
        if (transfer.Content.Buffer is null && !TryOpen(transfer, new ChunkBufferTerms(description.Length, terms.HandsIn)))
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
}
