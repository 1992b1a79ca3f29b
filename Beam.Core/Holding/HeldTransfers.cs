using Beam.Buffering;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam.Holding;

/// <summary>Takes up the files that senders have handed in before the process was restarted, and the channels that they lie in.</summary>
/// <remarks>
/// It deletes what it has read and may not take up. What it cannot read now it leaves to the next process, with all that may belong to it.
/// </remarks>
internal sealed class HeldTransfers : IHeldFileNotes
{
    private readonly RelayHost _host;
    private readonly ILogger _logger;

    // By the names of their files. What is damaged is not among them.
    private readonly Dictionary<string, FoundChannel> _channels = new(StringComparer.Ordinal);

    // The channels of which the disk gives nothing now, and why.
    private readonly Dictionary<string, Exception> _unread = new(StringComparer.Ordinal);

    // Whether there is a file of which nobody knows the channel.
    private bool _isAnyLeft;

    private HeldTransfers(RelayHost host, ILogger logger)
    {
        _host = host;
        _logger = logger;
    }

    public static void Restore(RelayHost host, IChunkBufferFactory buffers, ILogger logger)
    {
        // A factory of the host's own keeps its bytes where it likes.
        var restoring = new HeldTransfers(host, logger);
        if ((buffers as DefaultChunkBufferFactory)?.OpenHeld(restoring) is { } found)
        {
            restoring.Restore(found);
        }
    }

    void IHeldFileNotes.Dropped(string file) => RelayLog.HeldFileDropped(_logger, file);

    void IHeldFileNotes.Left(string file, Exception reason)
    {
        _isAnyLeft = true;
        RelayLog.HeldFileLeft(_logger, file, reason.Message);
    }

    private void Restore(HeldFiles found)
    {
        foreach (var channel in found.Channels)
        {
            Read(channel);
        }

        foreach (var file in found.Files)
        {
            Restore(file);
        }

        foreach (var file in found.Channels.Where(file => !_unread.ContainsKey(file.Name)))
        {
            Settle(file);
        }
    }

    private void Read(HeldChannelFile file)
    {
        try
        {
            if (file.TryRead() is { } written
                && HeldChannelRules.Admit(written, _host.Options, _host.TimeProvider.GetUtcNow()) is { } known)
            {
                _channels[file.Name] = new FoundChannel(file, known);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _unread[file.Name] = exception;
            RelayLog.HeldFileLeft(_logger, file.FileName, exception.Message);
        }
    }

    private void Restore(HeldFileBuffer file)
    {
        var written = file.Entry!;
        if (TryRestore(file, written) is { } transfer)
        {
            RelayLog.TransferRestored(_logger, transfer.Id, transfer.Content.BytesReceived);
            return;
        }

        // A file that has waited long enough is not worth a word.
        var isDue = written.Deadline <= _host.TimeProvider.GetUtcNow();
        if (!isDue && _unread.TryGetValue(written.Channel, out var reason))
        {
            file.OutliveProcess();
            RelayLog.HeldFileLeft(_logger, file.FileName, reason.Message);
        }
        else if (!isDue)
        {
            RelayLog.HeldFileDropped(_logger, file.FileName);
        }

        file.Fail();
    }

    /// <summary>Decides about a channel when all files have been looked at.</summary>
    private void Settle(HeldChannelFile file)
    {
        var isRestored = _channels.GetValueOrDefault(file.Name)?.Channel is not null;
        if (isRestored && _isAnyLeft)
        {
            // It counts as one of its files for as long as this process lives: what is revoked meanwhile must not come back with it.
            file.Enter();
        }
        else if (!isRestored && !_isAnyLeft)
        {
            // The last file of the others was on its way out, or the first on its way in.
            file.Delete();
        }
    }

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
