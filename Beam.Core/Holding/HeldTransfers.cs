using Beam.Buffering;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam.Holding;

/// <summary>Takes up the files that senders have handed in before the process was restarted.</summary>
internal sealed class HeldTransfers(RelayHost host)
{
    // By the tokens that have opened them.
    private readonly Dictionary<string, BeamChannel> _channels = new(StringComparer.Ordinal);

    public static void Restore(RelayHost host, IChunkBufferFactory buffers, ILogger logger)
    {
        // A factory of the host's own keeps its bytes where it likes.
        if (buffers is not DefaultChunkBufferFactory factory)
        {
            return;
        }

        var restoring = new HeldTransfers(host);
        foreach (var file in factory.OpenHeld(name => RelayLog.HeldFileDropped(logger, name)))
        {
            if (restoring.TryRestore(file, file.Entry!) is { } transfer)
            {
                RelayLog.TransferRestored(logger, transfer.Id, transfer.Content.BytesReceived);
                continue;
            }

            // A file that has waited long enough is not worth a word.
            if (file.Entry!.Deadline > host.TimeProvider.GetUtcNow())
            {
                RelayLog.HeldFileDropped(logger, file.FileName);
            }

            file.Fail();
        }
    }

    private Transfer? TryRestore(HeldFileBuffer file, HeldEntry written)
    {
        var now = host.TimeProvider.GetUtcNow();
        if (HeldEntryRules.Admit(written, host.Options, now) is not { } entry
            || entry.Deadline <= now
            || host.Transfers.Find(entry.TransferId) is not null
            || FindChannel(entry) is not { } channel
            || channel.Transfers.ContainsKey(entry.Name)
            || host.Tokens.TryRestore(channel, entry.Tokens) is not { } tokens)
        {
            return null;
        }

        _channels[entry.Channel] = channel;
        var token = tokens[entry.SenderToken];
        lock (channel.Lock)
        {
            var transfer = new Transfer(host, token, entry.Name, entry.TransferId);
            channel.Transfers.Add(transfer.Name, transfer);
            HandIn.Restore(transfer, TokenUse.Continue(token, host.Options, host.TimeProvider), file, entry);
            host.Transfers.AddRestored(transfer);
            return transfer;
        }
    }

    private BeamChannel? FindChannel(HeldEntry entry)
    {
        if (_channels.TryGetValue(entry.Channel, out var channel) || !TokenDigest.TryParse(entry.Channel, out var firstToken))
        {
            return channel;
        }

        return entry.Origin is { } origin ? new BeamChannel(firstToken) { Origin = origin } : new BeamChannel(firstToken);
    }
}
