using Beam.Buffering;
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

        if (await TryPersistAsync(transfer, sender).ConfigureAwait(false) is not { } until)
        {
            return;
        }

        lock (transfer.Channel.Lock)
        {
            if (!transfer.IsHere_NeedsLock(sender))
            {
                return;
            }

            Accept(transfer, until);
            transfer.Events.Tell(TransferEventKind.HandedIn);
        }

        transfer.Host.HandedIn(transfer);
        End(transfer, sender, until);
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
            transfers = [.. channel.Transfers.Values];
        }

        return transfers.FindAll(static transfer => !TryPersistTokens(transfer));
    }

    /// <summary>Takes up, under the channel's lock, what a former process has accepted.</summary>
    public static void Restore(Transfer transfer, TokenUse use, HeldFileBuffer file, HeldEntry entry)
    {
        var charge = transfer.Host.Ledger.Restore(transfer.Channel, entry.Account, DiskLease.BytesOfFile(entry.Length));
        transfer.Sender.Take(use);
        transfer.Content.Restore(file, entry, charge);
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
    /// entry that vouches for it, stay as they are.
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

    /// <summary>Brings the file to the disk, if it is one for the disk.</summary>
    /// <returns>Until when the relay holds it; <see langword="null"/> when there is nothing to accept any more.</returns>
    private static async Task<DateTimeOffset?> TryPersistAsync(Transfer transfer, TransferSender sender)
    {
        HeldEntry? DescribeAccepted()
        {
            lock (transfer.Channel.Lock)
            {
                return transfer.IsHere_NeedsLock(sender) && transfer.Content is { IsComplete: true, HoldsAll: true }
                    ? Describe(transfer, FindDeadline(transfer))
                    : null;
            }
        }

        try
        {
            // Once: tokens that change while the entry is written are written down by those that change them, who wait for that.
            var entry = transfer.Content.Buffer is HeldFileBuffer file
                ? await file.AcceptAsync(DescribeAccepted).ConfigureAwait(false)
                : DescribeAccepted();
            return entry?.Deadline;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            transfer.TryFinish(transfer.Content.LackOfRoom);
            return null;
        }
    }

    private static bool TryPersistTokens(Transfer transfer)
    {
        try
        {
            // Also before its sender has heard of it: by now a crash would leave an accepted file.
            (transfer.Content.Buffer as HeldFileBuffer)?.WriteAgain(entry =>
            {
                lock (transfer.Channel.Lock)
                {
                    return transfer.IsFinished ? null : Describe(transfer, entry.Deadline);
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
        var (tokens, sender) = Describe(transfer.Host.Tokens.InChannel(transfer.Channel), transfer.Sender.Token);
        return new HeldEntry(
            HeldEntry.CurrentVersion,
            transfer.Channel.FirstToken.ToHex(),
            transfer.Id,
            transfer.Name,
            content.Description.ContentType,
            content.Description.ContentEncoding,
            content.BytesReceived,
            transfer.Receivers.Wanted!.Value,
            until,
            tokens,
            sender)
        {
            Sha256 = content.Digest?.Value?.ToArray(),
            Origin = transfer.Channel.Origin.Count > 0 ? transfer.Channel.Origin : null,
            Account = content.Charge?.Account,
        };
    }

    /// <summary>
    /// Describes tokens, each after the one that it was made from. One that is revoked, or whose source is gone, must not come back without
    /// it: a revocation may be on its way through them.
    /// </summary>
    private static (List<HeldToken> Tokens, int Sender) Describe(List<Token> tokens, Token? sender)
    {
        var held = new List<HeldToken>(tokens.Count);
        var places = new Dictionary<Token, int>(tokens.Count);
        foreach (var token in tokens)
        {
            var parent = -1;
            if (token.IsRevoked || (token.Parent is { } source && !places.TryGetValue(source, out parent)))
            {
                continue;
            }

            places.Add(token, held.Count);
            held.Add(new HeldToken(
                token.Digest.ToHex(),
                parent,
                token.Rights,
                token.OwnExpiresAt_NeedsChannelLock,
                token.EndsAt,
                token.UnspentUses_NeedsChannelLock));
        }

        return (held, sender is not null && places.TryGetValue(sender, out var place) ? place : -1);
    }
}
