using System.Collections.Concurrent;
using Beam.Tokens;

namespace Beam.Transfers;

public sealed partial class Relay
{
    private readonly ConcurrentDictionary<NextReceiver, bool> _nextReceivers = new();

    /// <summary>
    /// Takes a receiver's place in the transfer of the channel that has waited longest for one, or, when there is none, in the next that begins.
    /// </summary>
    /// <remarks>
    /// Who waits gets what comes in the order of arrival, each transfer as often as its sender asks for receivers. Without a waiting transfer
    /// the place of a receiver that has broken off is taken, if the beginning of its file is still held.
    /// </remarks>
    /// <param name="token">What the receiver presented.</param>
    /// <param name="terms">On what terms it joins; the whole file is sent whatever they say of offsets. <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends when the receiver's connection is gone; its place then stays free for the next.</param>
    /// <returns>
    /// The lease, whose <see cref="TransferReceiver.Name"/> says which file it is; or why there is none, such as
    /// <see cref="TransferError.NoSender"/> after the wait.
    /// </returns>
    public async ValueTask<JoinResult<TransferReceiver>> JoinNextAsReceiverAsync(
        Token token,
        ReceiveTerms? terms = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        terms = (terms ?? new ReceiveTerms()) with { From = null, To = null, TransferId = null };
        JoinResult<TransferReceiver> joined;
        NextReceiver? waiting;
        for (var since = _timeProvider.GetTimestamp(); ;)
        {
            joined = TryJoinNext(token, terms, out waiting, out var taken);
            if (taken is null || !await TryWaitAsync(taken, since, TakenPlace.PatienceOfReceiver(terms), cancellationToken).ConfigureAwait(false))
            {
                break;
            }
        }

        if (waiting is not null)
        {
            if (_isDraining)
            {
                Withdraw(waiting, TransferError.ShuttingDown);
            }

            var registration = cancellationToken.UnsafeRegister(_ => Withdraw(waiting, TransferError.ReceiverLost), state: null);
            await using (registration.ConfigureAwait(false))
            {
                joined = await waiting.Result.ConfigureAwait(false);
            }
        }

        if (joined.Lease is not { } receiver || !cancellationToken.IsCancellationRequested)
        {
            return joined;
        }

        // It left at the moment when it was given a place.
        receiver.GiveBack();
        await receiver.DisposeAsync().ConfigureAwait(false);
        return JoinResult<TransferReceiver>.Refused(TransferError.ReceiverLost);
    }

    /// <summary>Gives the free places of <paramref name="transfer"/> to those who wait for whatever comes.</summary>
    internal void OfferToWaiting_NeedsLock(Transfer transfer)
    {
        var queue = transfer.Channel.NextReceivers;
        while (transfer.HasFreeSeat_NeedsLock
            && queue.First?.Value is { } next
            && transfer.TakeSeat_NeedsLock(next.Use, next.Terms) is { } receiver)
        {
            queue.RemoveFirst();
            _nextReceivers.TryRemove(next, out _);
            next.Resolve(JoinResult<TransferReceiver>.Joined(receiver));
        }
    }

    /// <summary>
    /// Gives the place of a receiver that has just broken off to one that came with the same link a moment before: it probably is that receiver,
    /// and was faster than the news of its loss.
    /// </summary>
    internal void OfferToReturned_NeedsLock(Transfer transfer, ReceiverSeat seat)
    {
        var queue = transfer.Channel.NextReceivers;
        var returned = queue.FirstOrDefault(next
            => ReferenceEquals(next.Token, seat.Token) && _timeProvider.GetElapsedTime(next.Since) < TakenPlace.ReceiverPatience);
        if (returned is null || transfer.TakeSeatAgain_NeedsLock(seat, returned.Terms, out _) is not { } receiver)
        {
            return;
        }

        queue.Remove(returned);
        _nextReceivers.TryRemove(returned, out _);
        returned.Use.End(isSpent: false);
        returned.Resolve(JoinResult<TransferReceiver>.Joined(receiver));
    }

    private JoinResult<TransferReceiver> TryJoinNext(Token token, ReceiveTerms terms, out NextReceiver? waiting, out TakenPlace? taken)
    {
        waiting = null;
        taken = null;
        Transfer? transfer = null;
        JoinResult<TransferReceiver> joined = default;
        lock (token.Channel.Lock)
        {
            if (!token.Rights.HasFlag(TokenRights.Receive))
            {
                return JoinResult<TransferReceiver>.Refused(_isDraining ? TransferError.ShuttingDown : TransferError.NotAllowed);
            }

            foreach (var candidate in token.Channel.FindNext_NeedsLock())
            {
                transfer = candidate;
                joined = TryTakeSeat_NeedsLock(token, candidate.Name, terms, ref transfer, out _);
                if (joined.Error != TransferError.RangeNotHeld)
                {
                    break;
                }
            }

            if (transfer is null || joined.Error == TransferError.RangeNotHeld)
            {
                joined = JoinResult<TransferReceiver>.Refused(TryWait_NeedsLock(token, terms, out waiting));
            }

            // The one use of a token may still be that of a connection of the same receiver.
            taken = joined.Error == TransferError.TokenSpent
                ? token.Channel.Transfers.Values.FirstOrDefault(other => other.HasReceiver_NeedsLock(token))?.NotePlaceTaken_NeedsLock()
                : null;
        }

        if (joined.IsJoined)
        {
            transfer!.UpdateAttended();
            FailIfDraining(transfer);
        }

        return joined;
    }

    private TransferError TryWait_NeedsLock(Token token, ReceiveTerms terms, out NextReceiver? waiting)
    {
        waiting = null;
        if (_isDraining)
        {
            return TransferError.ShuttingDown;
        }

        if (token.Channel.NextReceivers.Count >= _options.MaxWaitingTransfersPerToken)
        {
            return TransferError.TooManyWaiting;
        }

        var error = TokenUse.TryBegin(token, _options, _timeProvider, out var use);
        if (error == TransferError.None)
        {
            var wait = terms.Wait is { } asked && asked < _options.WaitTimeout ? asked : _options.WaitTimeout;
            waiting = new NextReceiver(use!, terms, wait, _timeProvider.GetTimestamp());
            token.Channel.NextReceivers.AddLast(waiting);
            _nextReceivers[waiting] = true;
        }

        return error;
    }

    /// <summary>Ends the wait of <paramref name="next"/>, unless it has been given a place.</summary>
    private void Withdraw(NextReceiver next, TransferError error)
    {
        lock (next.Token.Channel.Lock)
        {
            if (next.Token.Channel.NextReceivers.Remove(next))
            {
                _nextReceivers.TryRemove(next, out _);
                next.Use.End(isSpent: false);
                next.Resolve(JoinResult<TransferReceiver>.Refused(error));
            }
        }
    }

    private void WithdrawAll(TransferError error)
    {
        foreach (var (next, _) in _nextReceivers)
        {
            Withdraw(next, error);
        }
    }

    /// <summary>Ends the waits that have been long enough, and those whose token has ended.</summary>
    private void SweepNextReceivers()
    {
        foreach (var (next, _) in _nextReceivers)
        {
            if (!next.Token.IsAlive(_timeProvider.GetUtcNow()))
            {
                Withdraw(next, TransferError.TokenEnded);
            }
            else if (_timeProvider.GetElapsedTime(next.Since) >= next.Wait)
            {
                Withdraw(next, TransferError.NoSender);
            }
        }
    }
}
