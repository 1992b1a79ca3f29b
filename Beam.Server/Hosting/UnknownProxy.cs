using Beam.Server.Settings;

namespace Beam.Server.Hosting;

/// <summary>
/// Warns when requests come through a proxy that the settings do not name. The server then takes no client's address from it, so that all
/// its clients count as one.
/// </summary>
/// <remarks>Anybody can send such a header, so there is one line a minute at most.</remarks>
internal sealed partial class UnknownProxy(KnownProxies proxies, TimeProvider timeProvider, ILogger<UnknownProxy> logger) : IMiddleware
{
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    // With these a proxy speaks of its client.
    private static readonly string[] Names = ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Proto"];

    private readonly Lock _lock = new();
    private long? _warnedAt;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (Array.Find(Names, context.Request.Headers.ContainsKey) is { } header && !IsKnown(context) && MayWarn())
        {
            Log.Found(logger, header, context.Connection.RemoteIpAddress?.ToString() ?? "a Unix socket");
        }

        return next(context);
    }

    // Nobody reaches a Unix socket from elsewhere: there, any setting is enough for the framework to believe the header.
    private bool IsKnown(HttpContext context)
        => context.Connection.RemoteIpAddress is { } address ? proxies.Have(address) : proxies.AreAny;

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

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "A request with {Header} has come from {Address}, which is no known proxy. The limits for addresses hold for all of its "
                + "clients together. If it is your proxy, name it in Beam:KnownProxies.",
            EventName = "UnknownProxy")]
        public static partial void Found(ILogger logger, string header, string address);
    }
}
