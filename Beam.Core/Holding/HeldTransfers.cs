using Beam.Buffering;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam.Holding;

/// <summary>Takes up the files that senders have handed in before the process was restarted.</summary>
internal static class HeldTransfers
{
    public static void Restore(RelayHost host, IChunkBufferFactory buffers, ILogger logger)
    {
        // A factory of the host's own keeps its bytes where it likes.
        if (buffers is not DefaultChunkBufferFactory factory)
        {
            return;
        }

        foreach (var file in factory.OpenHeld(name => RelayLog.HeldFileDropped(logger, name)))
        {
            if (TryRestore(host, file, file.Entry!) is { } transfer)
            {
                RelayLog.TransferRestored(logger, transfer.Id, transfer.Content.BytesReceived);
            }
            else
            {
                file.Fail();
            }
        }
    }

    private static Transfer? TryRestore(RelayHost host, HeldFileBuffer file, HeldEntry entry)
    {
        if (entry.Deadline <= host.TimeProvider.GetUtcNow()
            || host.Tokens.TryRestore(entry.Tokens, entry.SenderToken, entry.Origin) is not { } token)
        {
            return null;
        }

        lock (token.Channel.Lock)
        {
            var transfer = new Transfer(host, token, entry.Name, entry.TransferId);
            if (host.Transfers.Find(transfer.Id) is not null || !token.Channel.Transfers.TryAdd(transfer.Name, transfer))
            {
                return null;
            }

            HandIn.Restore(transfer, TokenUse.Continue(token, host.Options, host.TimeProvider), file, entry);
            host.Transfers.AddRestored(transfer);
            return transfer;
        }
    }
}
