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

        (transfer.Content.Buffer as HeldFileBuffer)?.Rest();
        transfer.Host.HandedIn(transfer);
        End(transfer, sender, until);
    }

    /// <summary>
    /// Writes the tokens of a channel down again, if files were handed in there, because they have changed since. The caller waits for the
    /// disk: what it tells of a token must hold after a crash.
    /// </summary>
    /// <returns><see langword="false"/> when the disk has refused them.</returns>
    public static async Task<bool> TryPersistTokensAsync(BeamChannel channel)
    {
        HeldChannelFile? channelFile;
        lock (channel.Lock)
        {
            channelFile = channel.Held;
        }

        try
        {
            // Also before a sender has heard that its file was accepted: by now a crash may leave an accepted file.
            await (channelFile?.SaveAsync(channel) ?? Task.CompletedTask).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Takes up, under the channel's lock, what a former process has accepted.</summary>
    public static void Restore(Transfer transfer, TokenUse use, HeldFileBuffer file, HeldEntry entry)
    {
        var charge = transfer.Host.Ledger.Restore(transfer.Channel, entry.Account, DiskLease.BytesOfFile(entry.Length));
        transfer.Sender.Take(use);
        transfer.Content.Restore(file, entry, charge);

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

    /// <summary>Brings the file to the disk, if it is one for the disk.</summary>
    /// <returns>Until when the relay holds it; <see langword="null"/> when there is nothing to accept any more.</returns>
    private static async Task<DateTimeOffset?> TryPersistAsync(Transfer transfer, TransferSender sender)
    {
        if (transfer.Content.Buffer is not HeldFileBuffer file)
        {
            lock (transfer.Channel.Lock)
            {
                return FindDeadline_NeedsLock(transfer, sender);
            }
        }

        try
        {
            var channelFile = EnterChannelFile(transfer.Channel, file);
            var entry = await file
                .AcceptAsync(transfer.Channel, channelFile, () => Describe(transfer, sender, channelFile))
                .ConfigureAwait(false);
            return entry?.Deadline;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            transfer.TryFinish(transfer.Content.LackOfRoom);
            return null;
        }
    }

    private static HeldChannelFile EnterChannelFile(BeamChannel channel, HeldFileBuffer file)
    {
        lock (channel.Lock)
        {
            channel.Held ??= file.CreateChannelFile();
            channel.Held.Enter();
            return channel.Held;
        }
    }

    /// <summary>Says until when the relay would hold the file; <see langword="null"/> when there is nothing to accept any more.</summary>
    private static DateTimeOffset? FindDeadline_NeedsLock(Transfer transfer, TransferSender sender)
    {
        if (!transfer.IsHere_NeedsLock(sender) || transfer.Content is not { IsComplete: true, HoldsAll: true })
        {
            return null;
        }

        var latest = transfer.Host.TimeProvider.GetUtcNow() + transfer.Host.Options.HandInTimeout;
        var tokenEndsAt = transfer.Sender.Token!.EndsAt;
        return latest < tokenEndsAt ? latest : tokenEndsAt;
    }

    private static HeldEntry? Describe(Transfer transfer, TransferSender sender, HeldChannelFile channelFile)
    {
        lock (transfer.Channel.Lock)
        {
            if (FindDeadline_NeedsLock(transfer, sender) is not { } until)
            {
                return null;
            }

            var content = transfer.Content;
            return new HeldEntry(
                HeldEntry.CurrentVersion,
                channelFile.Name,
                transfer.Id,
                transfer.Name,
                content.Description.ContentType,
                content.Description.ContentEncoding,
                content.BytesReceived,
                transfer.Receivers.Wanted!.Value,
                until,
                transfer.Sender.Token!.Digest.ToHex())
            {
                Sha256 = content.Sha256?.ToArray(),
                Account = content.Charge?.Account,
            };
        }
    }
}
