using Beam.Buffering;
using Beam.Holding;
using Beam.Tokens;

namespace Beam.Transfers;

public sealed partial class Relay
{
    internal void OnAccepted(Transfer transfer) => Log.TransferAccepted(_logger, transfer.Id, transfer.Content.BytesReceived);

    /// <summary>
    /// Writes the tokens of a channel down again, with each file that was handed in there. Who minted or revoked waits for the disk: what it is told must
    /// hold after a crash.
    /// </summary>
    private void PersistTokens(Channel channel)
    {
        List<Transfer> transfers;
        lock (channel.Lock)
        {
            channel.NoteTokensChanged();
            transfers = [.. channel.Transfers.Values];
        }

        foreach (var transfer in transfers.Where(static transfer => !transfer.TryPersistTokens()))
        {
            Log.TokensNotPersisted(_logger, transfer.Id);
        }
    }

    /// <summary>Takes up the files that senders have handed in before the process was restarted.</summary>
    private void RestoreHeld()
    {
        // A factory of the host's own keeps its bytes where it likes.
        if (_buffers is not DefaultChunkBufferFactory factory)
        {
            return;
        }

        foreach (var file in factory.OpenHeld(name => Log.HeldFileDropped(_logger, name)))
        {
            if (TryRestore(file, file.Entry!) is { } transfer)
            {
                Log.TransferRestored(_logger, transfer.Id, transfer.Content.BytesReceived);
            }
            else
            {
                file.Fail();
            }
        }
    }

    private Transfer? TryRestore(HeldFileBuffer file, HeldEntry entry)
    {
        if (entry.Deadline <= _timeProvider.GetUtcNow() || Tokens.TryRestore(entry.Tokens, entry.SenderToken, entry.Origin) is not { } token)
        {
            return null;
        }

        lock (token.Channel.Lock)
        {
            var transfer = new Transfer(this, token, entry.Name, entry.TransferId, _options, _timeProvider);
            if (_transfers.ContainsKey(transfer.Id) || !token.Channel.Transfers.TryAdd(transfer.Name, transfer))
            {
                return null;
            }

            transfer.Restore_NeedsLock(TokenUse.Continue(token, _options, _timeProvider), file, entry);
            _transfers[transfer.Id] = transfer;
            Interlocked.Increment(ref _count);
            return transfer;
        }
    }
}
