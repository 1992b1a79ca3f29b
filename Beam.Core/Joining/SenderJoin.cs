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
        while (true)
        {
            var attempt = Try(spare => entry.TryContinue(offset, length, spare));
            if (attempt.Stopped is not { } stopped)
            {
                return attempt.Result;
            }

            // The sender before it may still be handing over what had arrived.
            attempt.Predecessor?.GiveWay();
            await stopped.ConfigureAwait(false);
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
        return Try(spare => entry.TryBegin(description, spare));
    }

    /// <summary>Tries without a log, which is enough for every refusal, and again with a log if one is needed.</summary>
    private JoinAttempt<TransferSender> Try(Func<SpareLog?, JoinAttempt<TransferSender>> tryWith)
    {
        var attempt = tryWith(null);
        if (attempt.NeededLog is not { } logTerms)
        {
            return attempt;
        }

        using var spare = SpareLog.TryMake(buffers, logTerms);
        return spare is null ? JoinAttempt<TransferSender>.Refused(TransferError.NoRoom) : tryWith(spare);
    }
}
