using Beam.Tokens;

namespace Beam.Transfers;

public sealed partial class Relay
{
    /// <summary>Finds what keeps somebody from taking over a place, which begins no use of the token: it may have ended while they waited.</summary>
    private TransferError FindObstacle_NeedsLock(Token token)
    {
        if (_isDraining)
        {
            return TransferError.ShuttingDown;
        }

        return token.IsAlive(_timeProvider.GetUtcNow()) ? TransferError.None : TransferError.UnknownToken;
    }

    private TransferError TryBegin_NeedsLock(Token token, TokenRights right, string name, ref Transfer? transfer, out TokenUse? use)
    {
        use = null;
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

        var error = TokenUse.TryBegin(token, _options, _timeProvider, out use);
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
