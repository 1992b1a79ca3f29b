using System.Net.Sockets;
using Beam.AspNetCore.Delivery;

namespace Beam.AspNetCore.Forwarding;

/// <summary>
/// What a gateway says over a download's connection to the node beside the file. The node itself sees only that the gateway has
/// everything. So the gateway tells it that the client still takes bytes, and the node decides when the client has stopped for too long.
/// </summary>
/// <param name="node">The connection to the node, which is not encrypted.</param>
/// <param name="kernel">Tells whether the node has given up.</param>
/// <param name="progress">A number that changes while the client takes bytes.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class NodeLine(Socket node, TcpKernel kernel, Func<long> progress, TimeProvider timeProvider)
{
    // The shortest stall limit is a second.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(400);

    // No request could begin with it.
    private static readonly byte[] SignOfLife = "\n"u8.ToArray();

    /// <summary>
    /// Says <see cref="DeliveryPath.HandedOver"/>, or <see cref="DeliveryPath.Done"/> before the connection closes in order.
    /// </summary>
    public async Task SayAsync(byte word)
    {
        try
        {
            await node.SendAsync(new[] { word });
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The node was faster.
        }
    }

    /// <summary>Runs until the node gives the download up, or until <paramref name="ended"/> is cancelled.</summary>
    /// <returns><see langword="true"/> when the node has given up.</returns>
    public async Task<bool> RunAsync(CancellationToken ended)
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, timeProvider);
            for (var before = progress(); await timer.WaitForNextTickAsync(ended);)
            {
                if (kernel.HasEnded(node))
                {
                    return true;
                }

                if (progress() is var now && now != before)
                {
                    before = now;
                    await node.SendAsync(SignOfLife, ended);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return !ended.IsCancellationRequested;
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The client has everything, or is gone.
        }

        return false;
    }
}
