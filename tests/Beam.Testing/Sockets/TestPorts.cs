using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Beam.Testing;

/// <summary>Ports for programs that cannot choose one themselves. Anything that can listens on port 0 instead.</summary>
public static class TestPorts
{
    // Two programs may listen on the same port, as haproxy does, and would take each other's connections, and with them their end.
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>A loopback TCP port that nothing listened on a moment ago, and that no other caller in this process is given.</summary>
    public static int Free()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            if (Given.TryAdd(port, value: true))
            {
                return port;
            }
        }
    }
}
