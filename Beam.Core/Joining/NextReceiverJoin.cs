using System.Collections.Concurrent;
using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>
/// Lets in receivers that take whatever comes: into the transfer that has waited longest, or else into the next that begins.
/// </summary>
/// <remarks>Thread-safe. It takes the channel's lock.</remarks>
internal sealed class NextReceiverJoin(RelayHost host, ReceiverJoin receivers)
{
    // All receivers in a line, of all channels. Each takes itself out when its wait has ended.
    private readonly ConcurrentDictionary<NextReceiver, bool> _waiting = new();

    /// <summary>Gets how many wait.</summary>
    public int Count => _waiting.Count(static pair => !pair.Key.Result.IsCompleted);

    public async ValueTask<JoinResult<TransferReceiver>> JoinAsync(Token token, ReceiveTerms terms, CancellationToken cancellationToken)
    {
        JoinAttempt<TransferReceiver> attempt;
        for (var since = host.TimeProvider.GetTimestamp(); ;)
        {
            attempt = Try(token, terms);
            if (attempt.Taken is not { } taken
                || !await taken.WaitAsync(since, TakenSeat.PatienceOfReceiver(terms), cancellationToken).ConfigureAwait(false))
            {
                break;
            }
        }

        var joined = attempt.Waiting is { } next ? await WaitAsync(next, cancellationToken).ConfigureAwait(false) : attempt.Result;
        if (joined.Lease is not { } receiver || !cancellationToken.IsCancellationRequested)
        {
            return joined;
        }

        // It left at the moment when it was given a seat.
        await using (receiver.ConfigureAwait(false))
        {
            ReceiverJoin.GiveBack(receiver);
        }

        return JoinResult<TransferReceiver>.Refused(TransferError.ReceiverLost);
    }

    /// <summary>Ends all waits: the relay takes nobody any more.</summary>
    public void WithdrawAll(TransferError error)
    {
        foreach (var (next, _) in _waiting)
        {
            Withdraw(next, error);
        }
    }

    /// <summary>Ends the waits with a token that was revoked, or with one that was made from it.</summary>
    public static void EndToken(Token token)
    {
        lock (token.Channel.Lock)
        {
            token.Channel.NextReceivers.EndToken(token);
        }
    }

    /// <summary>Ends the waits that have been long enough, and those whose token has ended.</summary>
    public void Sweep()
    {
        foreach (var (next, _) in _waiting)
        {
            if (!next.Token.IsAlive(host.TimeProvider.GetUtcNow()))
            {
                Withdraw(next, TransferError.TokenEnded);
            }
            else if (host.TimeProvider.GetElapsedTime(next.Since) >= next.Wait)
            {
                Withdraw(next, TransferError.NoSender);
            }
        }
    }

    private static void Withdraw(NextReceiver next, TransferError error)
    {
        lock (next.Token.Channel.Lock)
        {
            next.Token.Channel.NextReceivers.Withdraw(next, error);
        }
    }

    private async ValueTask<JoinResult<TransferReceiver>> WaitAsync(NextReceiver next, CancellationToken cancellationToken)
    {
        if (host.IsDraining)
        {
            Withdraw(next, TransferError.ShuttingDown);
        }

        try
        {
            var registration = cancellationToken.UnsafeRegister(_ => Withdraw(next, TransferError.ReceiverLost), state: null);
            await using (registration.ConfigureAwait(false))
            {
                return await next.Result.ConfigureAwait(false);
            }
        }
        finally
        {
            _waiting.TryRemove(next, out _);
        }
    }

    private JoinAttempt<TransferReceiver> Try(Token token, ReceiveTerms terms)
    {
        JoinAttempt<TransferReceiver> attempt;
        lock (token.Channel.Lock)
        {
            if (!token.Rights.HasFlag(TokenRights.Receive))
            {
                return JoinAttempt<TransferReceiver>.Refused(host.IsDraining ? TransferError.ShuttingDown : TransferError.NotAllowed);
            }

            attempt = TryTakeSeat(token, terms) ?? TryEnter(token, terms);

            // The one use of a token may still be that of a connection of the same receiver.
            if (attempt.Result.Error == TransferError.TokenSpent
                && token.Channel.Transfers.Values.FirstOrDefault(other => other.Receivers.HasReceiver(token)) is { } taken)
            {
                attempt = attempt with { Taken = TakenSeat.Of(taken) };
            }
        }

        receivers.FollowUp(attempt);
        return attempt;
    }

    /// <summary>Takes a seat in the first transfer that has its beginning; <see langword="null"/> when there is none.</summary>
    private JoinAttempt<TransferReceiver>? TryTakeSeat(Token token, ReceiveTerms terms)
    {
        foreach (var transfer in token.Channel.FindNext_NeedsLock(token))
        {
            var attempt = receivers.TryTakeSeat_NeedsLock(token, transfer.Name, terms, transfer);
            if (attempt.Result.Error is not (TransferError.RangeNotHeld or TransferError.NothingToResume))
            {
                return attempt;
            }
        }

        return null;
    }

    private JoinAttempt<TransferReceiver> TryEnter(Token token, ReceiveTerms terms)
    {
        if (host.IsDraining)
        {
            return JoinAttempt<TransferReceiver>.Refused(TransferError.ShuttingDown);
        }

        if (token.Channel.NextReceivers.Count >= host.Options.MaxWaitingTransfersPerToken)
        {
            return JoinAttempt<TransferReceiver>.Refused(TransferError.TooManyWaiting);
        }

        if (TokenUse.TryBegin(token, host.Options, host.TimeProvider, out var use) is var error && error != TransferError.None)
        {
            return JoinAttempt<TransferReceiver>.Refused(error);
        }

        var next = new NextReceiver(use, terms, host.Options.LimitWait(terms.Wait), host.TimeProvider.GetTimestamp());
        token.Channel.NextReceivers.Enter(next);
        _waiting[next] = true;
        return new JoinAttempt<TransferReceiver>(default) { Waiting = next };
    }
}
