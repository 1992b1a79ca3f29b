using System.Net.Sockets;
using Beam.AspNetCore.Delivery;

namespace Beam.AspNetCore.Forwarding;

/// <summary>A connection to a node, for one request after the other. Its end gives the port back.</summary>
/// <param name="node">The connection.</param>
/// <param name="isForReading">
/// Whether its requests only read. Then nobody misses what is on its way at the end. Otherwise the end waits until the node's system has
/// everything that was written.
/// </param>
/// <param name="kernel">Tells what the node's system has.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class NodeStream(NodeSocket node, bool isForReading, TcpKernel kernel, TimeProvider timeProvider)
    : NetworkStream(node.Socket, ownsSocket: false)
{
    // An acknowledgement takes far less. A node whose system takes nothing for so long is not told in order: until then the connection
    // counts, and afterwards nothing of it may be left.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private bool _isEnding;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await base.ReadAsync(buffer, cancellationToken);
            if (count == 0 && !buffer.IsEmpty)
            {
                End();
            }

            return count;
        }
        catch (IOException)
        {
            End();
            throw;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            End();
        }
    }

    /// <summary>
    /// Ends the connection. A node that has ended it gets here, too: nothing comes any more, and the stream's user may be late to notice.
    /// </summary>
    private void End()
    {
        if (isForReading)
        {
            node.Reset();
        }
        else if (!Interlocked.Exchange(ref _isEnding, true))
        {
            _ = EndAsync();
        }
    }

    private async Task EndAsync()
    {
        using var samples = new WideningTimer(timeProvider);
        for (var (before, since) = (-1L, timeProvider.GetTimestamp()); timeProvider.GetElapsedTime(since) < Patience;)
        {
            if (kernel.TryRead(node.Socket) is not { AcknowledgedBytes: { } acknowledged } known)
            {
                // The connection is no more, or the kernel does not tell.
                node.CloseInOrder(isNodeFirst: HasEnded());
                return;
            }

            if (HasEnded())
            {
                break;
            }

            if (known.IsDrained)
            {
                node.GiveBack();
                return;
            }

            if (acknowledged != before)
            {
                (before, since) = (acknowledged, timeProvider.GetTimestamp());
            }

            await samples.NextAsync();
        }

        node.Reset();
    }

    private bool HasEnded()
    {
        try
        {
            return kernel.HasEnded(node.Socket);
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}
