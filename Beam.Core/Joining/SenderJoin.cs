using Beam.Accounts;
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
        var entry = new SenderEntry(host, firstSide, token, name, terms);
        SpareLog? spare = null;
        try
        {
            while (true)
            {
                var attempt = entry.TryContinue(offset, length, spare);
                if (attempt.NeededLog is { } logTerms)
                {
                    (var error, spare) = MakeLog(token, terms, logTerms, attempt.ReplacedCharge);
                    if (error != TransferError.None)
                    {
                        return entry.Refuse(error).Result;
                    }

                    continue;
                }

                if (attempt.Stopped is not { } stopped)
                {
                    return attempt.Result;
                }

                // The sender before it may still be handing over what had arrived.
                attempt.Predecessor?.GiveWay();
                await stopped.ConfigureAwait(false);
            }
        }
        finally
        {
            spare?.Dispose();
        }
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

        var entry = new SenderEntry(host, firstSide, token, name, terms);
        var attempt = entry.TryBegin(description, spare: null);
        if (attempt.NeededLog is not { } logTerms)
        {
            return attempt;
        }

        // Without a log was enough for every other refusal.
        var (error, log) = MakeLog(token, terms, logTerms, attempt.ReplacedCharge);
        using var spare = log;
        return spare is null ? entry.Refuse(error) : entry.TryBegin(description, spare);
    }

    /// <summary>Makes a log outside the lock, and charges the sender's account for it.</summary>
    private (TransferError Error, SpareLog? Log) MakeLog(Token token, SendTerms terms, ChunkBufferTerms logTerms, HoldingCharge? replaced)
    {
        var (error, charge) = host.Ledger.Open(token.Channel, terms.Account, logTerms, replaced);
        if (error != TransferError.None)
        {
            return (error, null);
        }

        var spare = SpareLog.TryMake(buffers, logTerms, charge);
        return (spare is null ? TransferError.NoRoom : TransferError.None, spare);
    }
}
