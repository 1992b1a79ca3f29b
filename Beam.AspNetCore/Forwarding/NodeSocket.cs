using System.Net.Sockets;

namespace Beam.AspNetCore.Forwarding;

/// <summary>A connection to a node, and the three ways to end it. The first call counts.</summary>
/// <param name="socket">The connection.</param>
/// <param name="onEnd">Called once, with whether the system may keep the port for a while.</param>
internal sealed class NodeSocket(Socket socket, Action<bool> onEnd)
{
    private int _hasEnded;

    public Socket Socket => socket;

    /// <summary>
    /// Closes it so that the node gets everything that was sent, and everything that this system has acknowledged. If the node has not
    /// closed its side before, the system keeps the port for a minute.
    /// </summary>
    /// <param name="isNodeFirst">Whether the node has closed its side.</param>
    public void CloseInOrder(bool isNodeFirst = false)
    {
        if (TryEnd())
        {
            socket.Dispose();
            onEnd(!isNodeFirst);
        }
    }

    /// <summary>
    /// Closes it and gives the port back. The node hears of an orderly end before, so that it loses nothing of what it has. What is still
    /// on its way may be lost, so there must be nothing.
    /// </summary>
    public void GiveBack()
    {
        if (TryEnd())
        {
            Reset(isAnnounced: true);
        }
    }

    /// <summary>
    /// Breaks it off and gives the port back. A node that still waits for something, or watches what this side has, sees a failure.
    /// </summary>
    public void Reset()
    {
        if (TryEnd())
        {
            Reset(isAnnounced: false);
        }
    }

    private bool TryEnd() => Interlocked.Exchange(ref _hasEnded, 1) == 0;

    private void Reset(bool isAnnounced)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            if (isAnnounced)
            {
                socket.Shutdown(SocketShutdown.Both);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The node was faster.
        }

        socket.Dispose();
        onEnd(false);
    }
}
