using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Requests;

/// <summary>
/// Warns when a proxy speaks of its client and the application does not listen. All clients of that proxy then count as one address.
/// </summary>
/// <remarks>Thread-safe. Anybody can send such a header, so there is one line an hour at most.</remarks>
internal sealed partial class UnknownProxy(TimeProvider timeProvider, ILogger<UnknownProxy> logger)
{
    private const string Header = "X-Forwarded-For";

    // What UseForwardedHeaders leaves behind when it has taken the client's address from a proxy that it knows.
    private const string Heard = "X-Original-For";

    private static readonly TimeSpan Silence = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private long? _warnedAt;

    public void Look(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.ContainsKey(Header) && !headers.ContainsKey(Heard) && MayWarn())
        {
            Log.Found(logger, context.Connection.RemoteIpAddress?.ToString() ?? "a Unix socket");
        }
    }

    private bool MayWarn()
    {
        lock (_lock)
        {
            if (_warnedAt is { } warnedAt && timeProvider.GetElapsedTime(warnedAt) < Silence)
            {
                return false;
            }

            _warnedAt = timeProvider.GetTimestamp();
            return true;
        }
    }

    // Beam.AspNetCore has the event ids 2000 to 2999; they are listed in docs/operations.md.
    private static partial class Log
    {
        [LoggerMessage(
            2011,
            LogLevel.Warning,
            "A request with X-Forwarded-For has come from {Address}, which is no known proxy. The limits for addresses hold for all of its "
                + "clients together. If it is your proxy, call UseForwardedHeaders, and name it in ForwardedHeadersOptions.KnownProxies.",
            EventName = "UnknownProxy")]
        public static partial void Found(ILogger logger, string address);
    }
}
