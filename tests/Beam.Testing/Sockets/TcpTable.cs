using System.Globalization;

namespace Beam.Testing;

/// <summary>What the kernel of this machine knows of TCP connections (Linux, <c>/proc/net/tcp</c> and <c>/proc/net/tcp6</c>).</summary>
public static class TcpTable
{
    private const string TimeWait = "06";

    /// <summary>How many local ports the system keeps because of connections to a port, which this side has closed first.</summary>
    public static int CountKept(int remotePort)
    {
        var suffix = ":" + remotePort.ToString("X4", CultureInfo.InvariantCulture);
        return new[] { "/proc/net/tcp", "/proc/net/tcp6" }
            .Where(File.Exists)
            .SelectMany(static path => File.ReadLines(path).Skip(1))
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Count(fields => fields[2].EndsWith(suffix, StringComparison.Ordinal) && fields[3] == TimeWait);
    }
}
