using Beam.Buffering;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam.Holding;

/// <summary>Takes up the files that senders have handed in before the process was restarted, and the channels that they lie in.</summary>
internal sealed class HeldTransfers
{
    private readonly RelayHost _host;

    // By the names of their files. What is damaged is not among them.
    private readonly Dictionary<string, FoundChannel> _channels = new(StringComparer.Ordinal);

    private HeldTransfers(RelayHost host, IReadOnlyList<HeldChannelFile> channels)
    {
        _host = host;
        foreach (var file in channels)
        {
            if (file.TryRead() is { } written && HeldChannelRules.Admit(written, host.Options, host.TimeProvider.GetUtcNow()) is { } known)
            {
                _channels[file.Name] = new FoundChannel(file, known);
            }
        }
    }

    public static void Restore(RelayHost host, IChunkBufferFactory buffers, ILogger logger)
    {
        // A factory of the host's own keeps its bytes where it likes.
        if ((buffers as DefaultChunkBufferFactory)?.OpenHeld(name => RelayLog.HeldFileDropped(logger, name)) is not { } found)
        {
            return;
        }

        var restoring = new HeldTransfers(host, found.Channels);
        foreach (var file in found.Files)
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

        // The last file of the others was on its way out, or the first on its way in.
        foreach (var file in found.Channels.Where(file => !restoring.IsRestored(file)))
        {
            file.Delete();
        }
    }

    private bool IsRestored(HeldChannelFile file) => _channels.GetValueOrDefault(file.Name)?.Channel is not null;

    private Transfer? TryRestore(HeldFileBuffer file, HeldEntry written)
    {
        var now = _host.TimeProvider.GetUtcNow();
        if (!_channels.TryGetValue(written.Channel, out var found)
            || HeldEntryRules.Admit(written, found.Known.Tokens, _host.Options, now) is not { } entry
            || entry.Deadline <= now
            || _host.Transfers.Find(entry.TransferId) is not null
            || found.Channel?.Transfers.ContainsKey(entry.Name) == true
            || !found.TryRestore(_host.Tokens))
        {
            return null;
        }

        var channel = found.Channel!;
        var token = found.Tokens[entry.SenderToken];
        lock (channel.Lock)
        {
            var transfer = new Transfer(_host, token, entry.Name, entry.TransferId);
            channel.Add_NeedsLock(transfer);
            file.Join(found.File);
            HandIn.Restore(transfer, TokenUse.Continue(token, _host.Options, _host.TimeProvider), file, entry);
            _host.Transfers.AddRestored(transfer);
            return transfer;
        }
    }

    /// <summary>A channel of a former process, which comes to life with the first of its files.</summary>
    private sealed class FoundChannel(HeldChannelFile file, HeldChannel known)
    {
        public HeldChannelFile File => file;

        public HeldChannel Known => known;

        public BeamChannel? Channel { get; private set; }

        public Dictionary<string, Token> Tokens { get; } = new(StringComparer.Ordinal);

        public bool TryRestore(TokenRegistry registry)
        {
            if (Channel is not null)
            {
                return true;
            }

            var channel = known.Origin is { } origin ? new BeamChannel { Origin = origin } : new BeamChannel();
            if (registry.TryRestore(channel, known.Tokens) is not { } tokens)
            {
                return false;
            }

            channel.Held = file;
            foreach (var (token, held) in tokens.Zip(known.Tokens))
            {
                Tokens[held.Digest] = token;
            }

            Channel = channel;
            return true;
        }
    }
}
