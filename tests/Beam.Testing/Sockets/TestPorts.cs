using System.Net;
using System.Net.Sockets;

namespace Beam.Testing;

/// <summary>Ports for programs that cannot choose one themselves. Anything that can listens on port 0 instead.</summary>
public static class TestPorts
{
    // Below those that systems give to outgoing connections and to port 0: one of these could take a port before its program does.
    private const int First = 20_000;
    private const int Count = 12_000;

    // Two programs may listen on the same port, as haproxy does, and would take each other's connections, and with them their end.
    private static int _last = Random.Shared.Next(Count);

    /// <summary>A loopback TCP port that nothing listens on, and that no other caller in this process is given.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            if (IsFree(port))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
