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
    // Far longer than an acknowledgement takes. A node that takes nothing for so long is told in the ordinary way.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private long _writtenBytes;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Interlocked.Add(ref _writtenBytes, buffer.Length);
        return base.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && isForReading)
        {
            node.Reset();
        }
        else if (disposing)
        {
            _ = EndAsync();
        }
    }

    private async Task EndAsync()
    {
        using var samples = new WideningTimer(timeProvider);
        for (var start = timeProvider.GetTimestamp(); timeProvider.GetElapsedTime(start) < Patience; await samples.NextAsync())
        {
            if (HasArrived() is not { } hasArrived)
            {
                break;
            }

            if (hasArrived)
            {
                node.GiveBack();
                return;
            }
        }

        node.CloseInOrder();
    }

    /// <summary>Says whether the node's system has everything; <see langword="null"/> when the kernel does not tell.</summary>
    private bool? HasArrived()
        => kernel.TryRead(node.Socket)?.AcknowledgedBytes is { } acknowledged ? acknowledged >= Interlocked.Read(ref _writtenBytes) : null;
}
