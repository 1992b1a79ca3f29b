using System.Net;
using System.Net.Sockets;

namespace Beam.Testing;

/// <summary>Ports for programs that cannot choose one themselves. Anything that can listens on port 0 instead.</summary>
public static class TestPorts
{
    /// <summary>A loopback TCP port that nothing listened on a moment ago.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
