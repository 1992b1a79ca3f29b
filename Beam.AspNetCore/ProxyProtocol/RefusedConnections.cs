using System.Net;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.ProxyProtocol;

/// <summary>
/// Logs connections that are refused for their first bytes: the first one at once, and then at most one line a minute with their number.
/// Strangers can cause as many as they like.
/// </summary>
internal sealed partial class RefusedConnections(TimeProvider timeProvider, ILogger logger)
{
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long? _loggedAt;
    private int _count;

    public void Note(EndPoint? peer, string reason)
    {
        int count;
        lock (_lock)
        {
            _count++;
            if (_loggedAt is { } last && timeProvider.GetElapsedTime(last) < Silence)
            {
                return;
            }

            _loggedAt = timeProvider.GetTimestamp();
            (count, _count) = (_count, 0);
        }

        Log.Refused(logger, count, (peer as IPEndPoint)?.Address, reason);
    }

    // Beam.AspNetCore has the event ids 2000 to 2999; they are listed in docs/operations.md.
    private static partial class Log
    {
        [LoggerMessage(
            2010,
            LogLevel.Warning,
            "{Count} connections were refused for want of a PROXY protocol header. The last came from {Address}: {Reason}",
            EventName = "ProxyHeaderMissing")]
        public static partial void Refused(ILogger logger, int count, IPAddress? address, string reason);
    }
}
