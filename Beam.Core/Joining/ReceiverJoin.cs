using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>Lets receivers in: to a seat that nobody has had, or to the seat of a connection that has broken off.</summary>
/// <remarks>Thread-safe. It takes the channel's lock.</remarks>
internal sealed class ReceiverJoin(RelayHost host, FirstSide firstSide)
{
    /// <summary>Lets a receiver in, unless all seats are taken.</summary>
    public JoinResult<TransferReceiver> Join(Token token, string name, ReceiveTerms terms)
        => Try(token, name, terms, awaited: null, mayWait: false).Result;

    /// <summary>Lets a receiver in, after the time in which a connection that still seems alive shows whether it is.</summary>
    public async ValueTask<JoinResult<TransferReceiver>> JoinAsync(
        Token token,
        string name,
        ReceiveTerms terms,
        CancellationToken cancellationToken)
    {
        var patience = TakenSeat.PatienceOfReceiver(terms);
        Transfer? awaited = null;
        for (var since = host.TimeProvider.GetTimestamp(); ;)
        {
            var attempt = Try(token, name, terms, awaited, mayWait: host.TimeProvider.GetElapsedTime(since) < patience);
            if (attempt.Taken is not { } taken || !await taken.WaitAsync(since, patience, cancellationToken).ConfigureAwait(false))
            {
                return attempt.Result;
            }

            awaited = taken.Transfer;
        }
    }

    /// <summary>Takes a seat in a transfer, or in a new one, under the channel's lock.</summary>
    /// <param name="token">What the receiver presented; it may receive.</param>
    /// <param name="name">The name.</param>
    /// <param name="terms">On what terms it joins.</param>
    /// <param name="transfer">The transfer of that name, if there is one.</param>
    public JoinAttempt<TransferReceiver> TryTakeSeat_NeedsLock(Token token, string name, ReceiveTerms terms, Transfer? transfer)
    {
        if (transfer is { Sender.IsTaken: true }
            && transfer.Receivers.FindToReturnTo(token, terms, isSure: terms.TransferId == transfer.Id) is { } seat)
        {
            return TryTakeOver(transfer, seat, token, terms);
        }

        if (transfer is { Receivers.HasFree: false })
        {
            return RefuseUnlessObstructed(token, TransferError.AlreadyReceiving);
        }

        if (terms.From > 0 && transfer is not { Sender.IsTaken: true })
        {
            // Nobody has the beginning of a file that nobody has sent. To send the whole instead would not do: wget adds it to what it has.
            return RefuseUnlessObstructed(token, TransferError.NothingToResume);
        }

        var start = firstSide.Begin(token, TokenRights.Receive, name, transfer);
        if (start is not { Transfer: { } joined, Use: { } use })
        {
            return JoinAttempt<TransferReceiver>.Refused(start.Error);
        }

        var isNew = transfer is null;
        try
        {
            if (Seating.Take(joined, use, terms) is { } receiver)
            {
                isNew = false;
                return new JoinAttempt<TransferReceiver>(JoinResult<TransferReceiver>.Joined(receiver), joined);
            }
        }
        finally
        {
            if (isNew)
            {
                firstSide.Undo(joined);
            }
        }

        return NotFromThere(joined, seat: null, terms);
    }

    /// <summary>Does what follows outside the lock.</summary>
    public JoinResult<TransferReceiver> FollowUp(JoinAttempt<TransferReceiver> attempt)
    {
        if (attempt is not { Transfer: { } transfer, Result.Lease: { } receiver })
        {
            return attempt.Result;
        }

        try
        {
            foreach (var before in attempt.Displaced)
            {
                before.EndPart(TransferError.Superseded);
            }

            transfer.UpdateAttended();
            host.FailIfDraining(transfer);
        }
        catch
        {
            // The caller does not hear that it has a seat, and so could never leave it.
            Undo(receiver, attempt.IsReturn);
            throw;
        }

        return attempt.Result;
    }

    /// <summary>Leaves a seat to the next receiver that comes or waits: the receiver that has it never heard of it.</summary>
    public static void GiveBack(TransferReceiver receiver)
    {
        var transfer = receiver.Transfer;
        lock (transfer.Channel.Lock)
        {
            // Without a sender, a receiver that leaves does the same.
            if (!transfer.IsHere_NeedsLock(receiver) || !transfer.Sender.IsTaken)
            {
                return;
            }

            transfer.FreeSeat_NeedsLock(receiver.Seat);
            transfer.Release_NeedsLock();
            transfer.Channel.NextReceivers.Offer(transfer);
        }

        transfer.FinishOrGoOn(end: null);
        receiver.EndPart(TransferError.ReceiverLost);
    }

    private void Undo(TransferReceiver receiver, bool isReturn)
    {
        var steps = new EndSteps();
        if (!isReturn)
        {
            steps.Do(() => GiveBack(receiver));
        }

        steps.Do(() => _ = receiver.DisposeAsync().AsTask());
        host.Report(receiver.Transfer, steps);
    }

    private static JoinAttempt<TransferReceiver> NotFromThere(Transfer transfer, ReceiverSeat? seat, ReceiveTerms terms)
    {
        var obstacle = Seating.FindObstacle(transfer, seat, terms);
        return JoinAttempt<TransferReceiver>.Refused(
            obstacle == TransferError.None ? TransferError.RangeNotHeld : obstacle,
            TransferSnapshot.Of(transfer));
    }

    private JoinAttempt<TransferReceiver> Try(Token token, string name, ReceiveTerms terms, Transfer? awaited, bool mayWait)
    {
        JoinAttempt<TransferReceiver> attempt;
        lock (token.Channel.Lock)
        {
            attempt = Try_NeedsLock(token, name, terms, awaited, mayWait);
        }

        FollowUp(attempt);
        return attempt;
    }

    /// <param name="token">What the receiver presented.</param>
    /// <param name="name">The name.</param>
    /// <param name="terms">On what terms it joins.</param>
    /// <param name="awaited">The transfer whose seat it has waited for, if it has.</param>
    /// <param name="mayWait">
    /// Whether it may have to wait although a seat is free: it probably is a receiver that still seems connected.
    /// </param>
    private JoinAttempt<TransferReceiver> Try_NeedsLock(Token token, string name, ReceiveTerms terms, Transfer? awaited, bool mayWait)
    {
        if (!token.Rights.HasFlag(TokenRights.Receive))
        {
            return JoinAttempt<TransferReceiver>.Refused(host.IsDraining ? TransferError.ShuttingDown : TransferError.NotAllowed);
        }

        // A file that has come under the same name meanwhile is not the file that it came for.
        if (awaited?.Outcome_NeedsLock is { } outcome)
        {
            return new JoinAttempt<TransferReceiver>(JoinResult<TransferReceiver>.Gone(outcome));
        }

        if (!token.Channel.Transfers.TryGetValue(name, out var transfer) && token.Channel.Outcomes.TryGetValue(name, out var past))
        {
            return new JoinAttempt<TransferReceiver>(JoinResult<TransferReceiver>.Gone(past.Outcome));
        }

        if (terms.TransferId is { } id && id != transfer?.Id)
        {
            terms = terms with { From = null, To = null, TransferId = null };
        }

        // A second seat for it would keep a receiver away that has none yet.
        if (mayWait && !host.IsDraining && transfer?.Receivers.SeemsToReturn(token, terms, isSure: terms.TransferId == transfer.Id) == true)
        {
            return JoinAttempt<TransferReceiver>.Refused(TransferError.AlreadyReceiving) with { Taken = TakenSeat.Of(transfer) };
        }

        var attempt = TryTakeSeat_NeedsLock(token, name, terms, transfer);

        // The one use of a token may still be that of a connection of the same receiver.
        return transfer is not null
            && (attempt.Result.Error == TransferError.AlreadyReceiving
                || (attempt.Result.Error == TransferError.TokenSpent && transfer.Receivers.HasReceiver(token)))
                ? attempt with { Taken = TakenSeat.Of(transfer) }
                : attempt;
    }

    private JoinAttempt<TransferReceiver> RefuseUnlessObstructed(Token token, TransferError error)
        => JoinAttempt<TransferReceiver>.Refused(
            firstSide.FindObstacle(token) is var obstacle && obstacle != TransferError.None ? obstacle : error);

    private JoinAttempt<TransferReceiver> TryTakeOver(Transfer transfer, ReceiverSeat seat, Token token, ReceiveTerms terms)
    {
        if (firstSide.FindObstacle(token) is var obstacle && obstacle != TransferError.None)
        {
            return JoinAttempt<TransferReceiver>.Refused(obstacle);
        }

        // The same token comes back under the use that it has paid. Another one pays, and holds the seat from now on.
        var isHolder = ReferenceEquals(seat.Token, token);
        if (!isHolder
            && token.FindObstacleToUse_NeedsChannelLock(host.TimeProvider.GetUtcNow(), returned: []) is var error
            && error != TransferError.None)
        {
            return JoinAttempt<TransferReceiver>.Refused(error);
        }

        var before = seat.Lease;
        if (Seating.TakeOver(transfer, seat, terms) is not { } receiver)
        {
            return NotFromThere(transfer, seat, terms);
        }

        if (!isHolder)
        {
            seat.PassTo(new TokenUse(token, host.Options, host.TimeProvider));
        }

        return new JoinAttempt<TransferReceiver>(JoinResult<TransferReceiver>.Joined(receiver), transfer)
        {
            Displaced = before is null ? [] : [before],
            IsReturn = true,
        };
    }
}
