using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>What a side needs to take a seat that nobody has had: a use of its token and, for the first side, a new transfer.</summary>
/// <remarks>
/// Callers hold the channel's lock. Rights, limits and uses are checked here, in this order, and nowhere else. What looks changes nothing.
/// </remarks>
internal sealed class FirstSide(RelayHost host)
{
    /// <summary>
    /// Finds what keeps a side from taking over a seat. That begins no use of the token, which may have ended while the side waited.
    /// </summary>
    public TransferError FindObstacle(Token token)
    {
        if (host.IsDraining)
        {
            return TransferError.ShuttingDown;
        }

        return token.IsAlive(host.TimeProvider.GetUtcNow()) ? TransferError.None : TransferError.UnknownToken;
    }

    /// <summary>Finds what keeps a side from taking a seat that nobody has had. It changes nothing.</summary>
    /// <param name="token">What the side presented.</param>
    /// <param name="right">The right that it needs.</param>
    /// <param name="existing">The transfer of the name, if the side joins one.</param>
    /// <param name="replaced">The transfer that ends before the side begins a new one, if there is one.</param>
    public TransferError FindObstacle(Token token, TokenRights right, Transfer? existing, Transfer? replaced = null)
    {
        if (host.IsDraining)
        {
            return TransferError.ShuttingDown;
        }

        if (!token.Rights.HasFlag(right))
        {
            return TransferError.NotAllowed;
        }

        if (existing is null && FindLimit(token.Channel, replaced) is var limit && limit != TransferError.None)
        {
            return limit;
        }

        return token.FindObstacleToUse_NeedsChannelLock(host.TimeProvider.GetUtcNow(), FindReturned(replaced));
    }

    /// <summary>Finds a seat that nobody has had: in a transfer of that name or, when there is none, in a new one.</summary>
    /// <remarks>The use of the token begins when the seat is taken. Until then, nothing has changed in a transfer that was there.</remarks>
    /// <param name="token">What the side presented.</param>
    /// <param name="right">The right that it needs.</param>
    /// <param name="name">The name.</param>
    /// <param name="existing">The transfer of that name, if the side joins one.</param>
    /// <param name="replaced">The transfer of that name that ends before, if the side begins a new one in its place.</param>
    public SideStart Begin(Token token, TokenRights right, string name, Transfer? existing, Transfer? replaced = null)
    {
        if (FindObstacle(token, right, existing, replaced) is var obstacle && obstacle != TransferError.None)
        {
            return new SideStart(obstacle);
        }

        var use = new TokenUse(token, host.Options, host.TimeProvider);
        if (existing is not null)
        {
            return new SideStart(TransferError.None, existing, use);
        }

        if (!host.Transfers.TryReserve(isReplacing: replaced is not null))
        {
            return new SideStart(TransferError.TooManyTransfers);
        }

        var ended = replaced?.End_NeedsLock(TransferError.SenderLost);
        var transfer = new Transfer(host, token, name, host.Transfers.NextId());
        token.Channel.Add_NeedsLock(transfer);
        host.Transfers.Add(transfer);
        return new SideStart(TransferError.None, transfer, use) { Ended = ended };
    }

    /// <summary>Takes back a new transfer that its first side could not join after all: nobody has seen it.</summary>
    public void Undo(Transfer transfer)
    {
        transfer.Channel.Remove_NeedsLock(transfer);
        host.Transfers.Remove(transfer);
    }

    /// <summary>Finds the tokens whose uses a failed transfer gives back, a token for each use.</summary>
    private static List<Token> FindReturned(Transfer? failed)
    {
        List<Token> returned = failed is null ? [] : [.. failed.Receivers.FindUnspentTokens()];
        if (failed?.Sender.Token is { } token)
        {
            returned.Add(token);
        }

        return returned;
    }

    private TransferError FindLimit(BeamChannel channel, Transfer? replaced)
    {
        var isReplacedCounted = replaced is { Content.HoldsAll: false } && replaced.IsWaiting_NeedsLock();
        var waiting = channel.CountWaiting_NeedsLock() - (isReplacedCounted ? 1 : 0);
        if (waiting >= host.Options.MaxWaitingTransfersPerToken)
        {
            return TransferError.TooManyWaiting;
        }

        return replaced is null && !host.Transfers.HasRoom ? TransferError.TooManyTransfers : TransferError.None;
    }
}
