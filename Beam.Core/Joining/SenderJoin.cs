using Beam.Buffering;
using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>Lets senders in: to begin a file, to begin it anew after a sender that has broken off, or to go on with it.</summary>
/// <remarks>Thread-safe. It takes the channel's lock.</remarks>
internal sealed class SenderJoin(RelayHost host, FirstSide firstSide, IChunkBufferFactory buffers)
{
    /// <summary>Lets a sender begin, unless somebody sends under that name.</summary>
    public JoinResult<TransferSender> Join(Token token, string name, TransferDescription description, SendTerms terms)
        => Try(token, name, description, terms).Result;

    /// <summary>Lets a sender begin, after a moment in which the one before it may turn out to be gone.</summary>
    public async ValueTask<JoinResult<TransferSender>> JoinAsync(
        Token token,
        string name,
        TransferDescription description,
        SendTerms terms,
        CancellationToken cancellationToken)
    {
        for (var since = host.TimeProvider.GetTimestamp(); ;)
        {
            var attempt = Try(token, name, description, terms);
            if (attempt.Taken is not { } taken
                || !await taken.WaitAsync(since, TakenSeat.SenderPatience, cancellationToken).ConfigureAwait(false))
            {
                return attempt.Result;
            }
        }
    }

    /// <summary>
    /// Lets a sender go on where the file has broken off. Once the offset is right, it cuts a sender that still seems connected.
    /// </summary>
    public async ValueTask<JoinResult<TransferSender>> ResumeAsync(
        Token token,
        string name,
        long offset,
        long? length,
        SendTerms terms)
    {
        // Paid before the sender that has the seat is cut: a refusal changes nothing.
        TokenUse? use = null;
        while (true)
        {
            TransferSender? before;
            Task stopped;
            lock (token.Channel.Lock)
            {
                var (error, transfer) = Find(token, name);
                if (transfer is not null && error == TransferError.None)
                {
                    error = transfer.Content.CheckContinuation(
                        offset,
                        length,
                        needsDigest: terms.Sha256 is not null,
                        host.Options.LargestTransferBytes);
                }

                if (error == TransferError.None)
                {
                    error = TryPay(transfer!, token, ref use);
                }

                if (error != TransferError.None)
                {
                    use?.End(isSpent: false);
                    return JoinResult<TransferSender>.Refused(error, transfer is null ? null : TransferSnapshot.Of(transfer));
                }

                before = transfer!.Sender.Lease;
                stopped = transfer.Sender.Stopped;
                if (before is null && stopped.IsCompleted)
                {
                    Pass(transfer, use);
                    transfer.Content.LearnLength(length);
                    return JoinResult<TransferSender>.Joined(Seating.Attach(transfer, terms));
                }
            }

            // The sender before it may still be handing over what had arrived.
            before?.GiveWay();
            await stopped.ConfigureAwait(false);
        }
    }

    private (TransferError Error, Transfer? Transfer) Find(Token token, string name)
    {
        if (!token.Rights.HasFlag(TokenRights.Send))
        {
            return (host.IsDraining ? TransferError.ShuttingDown : TransferError.NotAllowed, null);
        }

        if (firstSide.FindObstacle(token) is var obstacle && obstacle != TransferError.None)
        {
            return (obstacle, null);
        }

        if (!token.Channel.Transfers.TryGetValue(name, out var transfer) || transfer.Sender.Token is not { } holder)
        {
            return (TransferError.UnknownName, null);
        }

        // The file of another link: that link alone goes on with it.
        return token.MayTakeOverFrom(holder) ? (TransferError.None, transfer) : (TransferError.NameInUse, null);
    }

    private JoinAttempt<TransferSender> Try(Token token, string name, TransferDescription description, SendTerms terms)
    {
        if (description.Length > host.Options.LargestTransferBytes)
        {
            return JoinAttempt<TransferSender>.Refused(TransferError.TooLarge);
        }

        if (terms.Receivers < 1 || terms.Receivers > host.Options.MaxReceivers)
        {
            return JoinAttempt<TransferSender>.Refused(TransferError.TooManyReceivers);
        }

        JoinAttempt<TransferSender> attempt;
        while ((attempt = TryTakeSeat(token, name, description, terms)).Abandoned is { } abandoned)
        {
            abandoned.TryFinish(TransferError.SenderLost);
        }

        return attempt.Transfer is { } transfer
            ? FollowUp(attempt, transfer, new ChunkBufferTerms(description.Length, terms.HandsIn))
            : attempt;
    }

    private JoinAttempt<TransferSender> TryTakeSeat(Token token, string name, TransferDescription description, SendTerms terms)
    {
        lock (token.Channel.Lock)
        {
            // Rights come first: a side that may not send does not learn which names there are.
            if (token.Channel.Transfers.TryGetValue(name, out var transfer)
                && transfer.Sender.IsTaken
                && token.Rights.HasFlag(TokenRights.Send))
            {
                return TryReplace(transfer, token, description, terms);
            }

            var start = firstSide.Begin(token, TokenRights.Send, name, transfer);
            if (start.Error != TransferError.None)
            {
                return JoinAttempt<TransferSender>.Refused(start.Error);
            }

            token.Channel.Outcomes.Remove(name);
            start.Transfer!.Sender.Take(start.Use!);
            start.Transfer.Receivers.Await(host.Options.LimitWait(terms.Wait), host.TimeProvider.GetTimestamp());
            return Begin(start.Transfer, description, terms);
        }
    }

    private JoinAttempt<TransferSender> TryReplace(Transfer transfer, Token token, TransferDescription description, SendTerms terms)
    {
        if (firstSide.FindObstacle(token) is var obstacle && obstacle != TransferError.None)
        {
            return JoinAttempt<TransferSender>.Refused(obstacle);
        }

        // A seat belongs to the token that holds it, also while its sender is away.
        if (transfer.Content.IsHandedIn || !token.MayTakeOverFrom(transfer.Sender.Token!))
        {
            return JoinAttempt<TransferSender>.Refused(TransferError.NameInUse);
        }

        if (transfer.Sender.Lease is not null)
        {
            return JoinAttempt<TransferSender>.Refused(TransferError.NameInUse) with { Taken = TakenSeat.Of(transfer) };
        }

        // As long as nothing has come nobody notices that another sender begins.
        if (transfer.Content is not { BytesReceived: 0, IsComplete: false } || !transfer.Sender.Stopped.IsCompleted)
        {
            return new JoinAttempt<TransferSender>(default) { Abandoned = transfer };
        }

        TokenUse? use = null;
        if (TryPay(transfer, token, ref use) is var error && error != TransferError.None)
        {
            return JoinAttempt<TransferSender>.Refused(error);
        }

        Pass(transfer, use);
        return Begin(transfer, description, terms);
    }

    /// <summary>Begins a use of a token that does not hold the sender's seat. The holder comes back under the use that it has paid.</summary>
    private TransferError TryPay(Transfer transfer, Token token, ref TokenUse? use)
        => use is not null || ReferenceEquals(transfer.Sender.Token, token)
            ? TransferError.None
            : TokenUse.TryBegin(token, host.Options, host.TimeProvider, out use);

    private static void Pass(Transfer transfer, TokenUse? use)
    {
        if (use is not null)
        {
            transfer.Sender.PassTo(use);
        }
    }

    private JoinAttempt<TransferSender> Begin(Transfer transfer, TransferDescription description, SendTerms terms)
    {
        transfer.Content.Begin(description, wantsDigest: terms.WantsDigest || terms.Sha256 is not null || transfer.Receivers.NeedDigest);
        transfer.Receivers.Want(terms.Receivers);
        var excess = transfer.Receivers.RemoveExcess(host.TimeProvider.GetTimestamp());

        // It may want more receivers than the sender before it.
        transfer.SeatChange.Tell();
        var sender = Seating.Attach(transfer, terms);
        transfer.Channel.NextReceivers.Offer(transfer);
        return new JoinAttempt<TransferSender>(JoinResult<TransferSender>.Joined(sender), transfer) { Displaced = excess };
    }

    private JoinAttempt<TransferSender> FollowUp(JoinAttempt<TransferSender> attempt, Transfer transfer, ChunkBufferTerms bufferTerms)
    {
        foreach (var receiver in attempt.Displaced)
        {
            receiver.EndPart(TransferError.AlreadyReceiving);
        }

        if (transfer.Content.Buffer is not null)
        {
            transfer.UpdateAttended();
        }
        else if (!TryOpen(transfer, bufferTerms))
        {
            return JoinAttempt<TransferSender>.Refused(TransferError.NoRoom);
        }

        host.FailIfDraining(transfer);
        return attempt;
    }

    private bool TryOpen(Transfer transfer, ChunkBufferTerms terms)
    {
        IChunkBuffer? buffer = null;
        try
        {
            buffer = buffers.Create(terms);
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

        lock (transfer.Channel.Lock)
        {
            transfer.Content.Open(buffer, terms.HoldsAll);
        }

        transfer.UpdateAttended();
        if (transfer.IsFinished)
        {
            var steps = new EndSteps();
            steps.Do(buffer.Fail);
            host.Report(transfer, steps);
        }

        transfer.Content.EndOpening();
        return true;
    }
}
