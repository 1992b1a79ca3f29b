using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>The line of receivers that wait in a channel for whatever comes next, in the order of their arrival.</summary>
/// <remarks>Everything is read and written under the channel's lock.</remarks>
internal sealed class NextReceivers(ChangeCount changes)
{
    private readonly LinkedList<NextReceiver> _line = new();

    public int Count => _line.Count;

    public void Enter(NextReceiver next)
    {
        _line.AddLast(next);
        changes.Note();
    }

    /// <summary>Takes a receiver out of the line that is not to wait any more, and gives the use of its token back.</summary>
    public void Withdraw(NextReceiver next, TransferError error)
    {
        if (_line.Remove(next))
        {
            changes.Note();
            next.Use.End(isSpent: false);
            next.Resolve(JoinResult<TransferReceiver>.Refused(error));
        }
    }

    /// <summary>Takes out receivers that came with <paramref name="token"/> or one that was made from it: it has been revoked.</summary>
    public void EndToken(Token token) => Withdraw(next => next.Token.IsOrDescendsFrom(token));

    /// <summary>Gives the free seats of a transfer to the first in line.</summary>
    public void Offer(Transfer transfer)
    {
        WithdrawEnded(transfer.Host.TimeProvider.GetUtcNow());
        while (transfer.Receivers.HasFree
            && _line.First?.Value is { } next
            && Seating.Take(transfer, next.Use, next.Terms) is { } receiver)
        {
            _line.RemoveFirst();
            changes.Note();
            next.Resolve(JoinResult<TransferReceiver>.Joined(receiver));
        }
    }

    /// <summary>
    /// Gives the seat of a receiver that has just broken off to a receiver that came with the same token a moment before. It probably is
    /// the same client, and was faster than the news of its loss.
    /// </summary>
    public void OfferBack(Transfer transfer, ReceiverSeat seat)
    {
        WithdrawEnded(transfer.Host.TimeProvider.GetUtcNow());
        var returned = _line.FirstOrDefault(next => ReferenceEquals(next.Token, seat.Token)
            && transfer.Host.TimeProvider.GetElapsedTime(next.Since) < TakenSeat.ReceiverPatience);
        if (returned is null || Seating.TakeOver(transfer, seat, returned.Terms) is not { } receiver)
        {
            return;
        }

        // The seat has a use of its own.
        _line.Remove(returned);
        changes.Note();
        returned.Use.End(isSpent: false);
        returned.Resolve(JoinResult<TransferReceiver>.Joined(receiver));
    }

    /// <summary>Takes out receivers whose token has ended: a revoked link must not be given what comes afterwards.</summary>
    private void WithdrawEnded(DateTimeOffset now) => Withdraw(next => !next.Token.IsAlive_NeedsChannelLock(now));

    private void Withdraw(Func<NextReceiver, bool> hasEnded)
    {
        foreach (var next in _line.Where(hasEnded).ToList())
        {
            Withdraw(next, TransferError.TokenEnded);
        }
    }
}
