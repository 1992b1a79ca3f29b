using System.Globalization;

namespace Beam.Testing;

/// <summary>
/// The local ports that the system keeps because of connections to a port, which this side has closed first (Linux, <c>/proc/net/tcp</c>
/// and <c>/proc/net/tcp6</c>). What was kept before does not count: the port may have been another test's.
/// </summary>
public sealed class KeptPorts
{
    private const string TimeWait = "06";

    private readonly string _suffix;
    private readonly HashSet<string> _before;

    /// <summary>Begins to count.</summary>
    /// <param name="remotePort">The port at the other side, which is bound by now.</param>
    public KeptPorts(int remotePort)
    {
        _suffix = ":" + remotePort.ToString("X4", CultureInfo.InvariantCulture);
        _before = [.. Find()];
    }

    /// <summary>Gets how many are kept since then.</summary>
    public int Count => Find().Count(connection => !_before.Contains(connection));

    private IEnumerable<string> Find() => new[] { "/proc/net/tcp", "/proc/net/tcp6" }
        .Where(File.Exists)
        .SelectMany(static path => File.ReadLines(path).Skip(1))
        .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields[2].EndsWith(_suffix, StringComparison.Ordinal) && fields[3] == TimeWait)
        .Select(static fields => fields[1]);
}
