using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>What a side needs to take a seat that nobody has had: a use of its token and, for the first side, a new transfer.</summary>
/// <remarks>
/// Callers hold the channel's lock. Rights, limits and uses are checked here, in this order, and nowhere else. A refusal changes nothing.
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

    /// <summary>Begins a use of the token and, when there is none of that name, a transfer.</summary>
    /// <param name="token">What the side presented.</param>
    /// <param name="right">The right that it needs.</param>
    /// <param name="name">The name.</param>
    /// <param name="existing">The transfer of that name, if there is one.</param>
    public SideStart Begin(Token token, TokenRights right, string name, Transfer? existing)
    {
        if (host.IsDraining)
        {
            return new SideStart(TransferError.ShuttingDown);
        }

        if (!token.Rights.HasFlag(right))
        {
            return new SideStart(TransferError.NotAllowed);
        }

        if (existing is not null)
        {
            return new SideStart(TryUse(token, out var use), existing, use);
        }

        if (token.Channel.CountWaiting_NeedsLock() >= host.Options.MaxWaitingTransfersPerToken)
        {
            return new SideStart(TransferError.TooManyWaiting);
        }

        if (!host.Transfers.TryReserve())
        {
            return new SideStart(TransferError.TooManyTransfers);
        }

        return TryUse(token, out var first) is var error && error != TransferError.None ? GiveBack(error) : Create(token, name, first!);
    }

    private TransferError TryUse(Token token, out TokenUse? use) => TokenUse.TryBegin(token, host.Options, host.TimeProvider, out use);

    private SideStart GiveBack(TransferError error)
    {
        host.Transfers.GiveBack();
        return new SideStart(error);
    }

    private SideStart Create(Token token, string name, TokenUse use)
    {
        var transfer = new Transfer(host, token, name, host.Transfers.NextId());
        token.Channel.Transfers.Add(name, transfer);
        host.Transfers.Add(transfer);
        return new SideStart(TransferError.None, transfer, use);
    }
}
