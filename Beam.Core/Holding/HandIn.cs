using System.Globalization;
using Beam.Observing;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Holding;

/// <summary>Releases a sender whose whole file the relay holds. A file on the disk outlives the process.</summary>
internal static class HandIn
{
    /// <summary>Accepts the file of <paramref name="sender"/>, or fails the transfer when the disk refuses to vouch for it.</summary>
    public static async Task AcceptAsync(Transfer transfer, TransferSender sender)
    {
        if (AcceptAgain(transfer, sender) is { } promised)
        {
            End(transfer, sender, promised);
            return;
        }

        DateTimeOffset? until = null;
        while (until is null)
        {
            HeldEntry entry;
            int tokens;
            lock (transfer.Channel.Lock)
            {
                if (!transfer.IsHere_NeedsLock(sender) || transfer.Content is not { IsComplete: true, HoldsAll: true })
                {
                    return;
                }

                tokens = transfer.Channel.TokenVersion;
                entry = Describe(transfer, FindDeadline(transfer));
            }

            try
            {
                if (transfer.Content.Buffer is HeldFileBuffer file)
                {
                    await file.PersistAsync(entry).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                transfer.TryFinish(TransferError.NoRoom);
                return;
            }
            catch (ObjectDisposedException)
            {
                // The transfer has failed meanwhile.
                return;
            }

            lock (transfer.Channel.Lock)
            {
                if (!transfer.IsHere_NeedsLock(sender))
                {
                    return;
                }

                // From now on a change of the tokens finds an entry to write again. A change that was made meanwhile may not have.
                if (tokens == transfer.Channel.TokenVersion)
                {
                    until = entry.Deadline;
                    Accept(transfer, entry.Deadline);
                    transfer.Events.Tell(TransferEventKind.HandedIn);
                }
            }
        }

        transfer.Host.HandedIn(transfer);
        End(transfer, sender, until.Value);
    }

    /// <summary>
    /// Writes the tokens of a channel down again, with each file that was handed in there, because they have changed since. The caller
    /// waits for the disk: what it tells of a token must hold after a crash.
    /// </summary>
    /// <returns>The transfers whose tokens the disk has refused.</returns>
    public static List<Transfer> PersistTokens(BeamChannel channel)
    {
        List<Transfer> transfers;
        lock (channel.Lock)
        {
            channel.NoteTokensChanged();
            transfers = [.. channel.Transfers.Values];
        }

        return transfers.FindAll(static transfer => !TryPersistTokens(transfer));
    }

    /// <summary>Takes up, under the channel's lock, what a former process has accepted.</summary>
    public static void Restore(Transfer transfer, TokenUse use, HeldFileBuffer file, HeldEntry entry)
    {
        transfer.Sender.Take(use);
        transfer.Content.Restore(file, entry);

        // What the process before this one has handed out is not known any more.
        transfer.Receivers.NoteReached(entry.Length);
        transfer.Receivers.Want(entry.Receivers);
        Accept(transfer, entry.Deadline);
        transfer.Events.NoteCreationTold();
    }

    private static void Accept(Transfer transfer, DateTimeOffset until)
    {
        var clock = transfer.Host.TimeProvider;
        transfer.Content.HandIn(until);
        transfer.Receivers.Await(until - clock.GetUtcNow(), clock.GetTimestamp());
        transfer.FreeSenderSeat_NeedsLock(TransferError.None);
    }

    /// <summary>
    /// Releases a sender whose file has been handed in before: only the answer was lost, and the sender gets it again. The promise, and the
    /// trailer that vouches for it, stay as they are.
    /// </summary>
    /// <returns>Until when the file is held; <see langword="null"/> when it has not been handed in.</returns>
    private static DateTimeOffset? AcceptAgain(Transfer transfer, TransferSender sender)
    {
        lock (transfer.Channel.Lock)
        {
            if (!transfer.IsHere_NeedsLock(sender) || transfer.Content.HandedInUntil is not { } until)
            {
                return null;
            }

            transfer.FreeSenderSeat_NeedsLock(TransferError.None);
            return until;
        }
    }

    private static void End(Transfer transfer, TransferSender sender, DateTimeOffset until)
        => sender.End(new SendResult(TransferError.None, transfer.Content.BytesReceived, Outcome: null) { HandedInUntil = until });

    private static DateTimeOffset FindDeadline(Transfer transfer)
    {
        var latest = transfer.Host.TimeProvider.GetUtcNow() + transfer.Host.Options.HandInTimeout;
        var tokenEndsAt = transfer.Sender.Token!.EndsAt;
        return latest < tokenEndsAt ? latest : tokenEndsAt;
    }

    private static bool TryPersistTokens(Transfer transfer)
    {
        try
        {
            (transfer.Content.Buffer as HeldFileBuffer)?.PersistAgain(() =>
            {
                lock (transfer.Channel.Lock)
                {
                    return transfer.Content.HandedInUntil is { } until && !transfer.IsFinished ? Describe(transfer, until) : null;
                }
            });
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static HeldEntry Describe(Transfer transfer, DateTimeOffset until)
    {
        var content = transfer.Content;
        var tokens = transfer.Host.Tokens.InChannel(transfer.Channel);
        return new HeldEntry(
            HeldEntry.CurrentVersion,
            transfer.Id,
            transfer.Name,
            content.Description.ContentType,
            content.Description.ContentEncoding,
            content.BytesReceived,
            transfer.Receivers.Wanted!.Value,
            until,
            [.. tokens.Select(token => new HeldToken(
                token.Digest.Value.ToString("x32", CultureInfo.InvariantCulture),
                token.Parent is null ? -1 : tokens.IndexOf(token.Parent),
                token.Rights,
                token.ExpiresAt,
                token.EndsAt,
                token.UnspentUses_NeedsChannelLock))],
            tokens.IndexOf(transfer.Sender.Token!))
        {
            Sha256 = content.Digest?.Value?.ToArray(),
            Origin = transfer.Channel.Origin.Count > 0 ? transfer.Channel.Origin : null,
        };
    }
}
