using Beam.AspNetCore.Events;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Overview;

/// <summary>What happens in the whole relay, as it happens, for its operators: <c>GET {base}/?events</c>.</summary>
internal sealed class OverviewWatcher(Relay relay, OverviewGate gate, EventWatcher events, TimeProvider timeProvider)
{
    // The policy may ask elsewhere, so it is not asked for each event.
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(10);

    /// <summary>Shows the whole relay to a caller that may see it, as long as it may.</summary>
    public Task WatchAsync(HttpContext context)
    {
        return events.WatchAsync(
            context,
            relay,
            logger => new OverviewFeed(relay, timeProvider, logger),
            FindEndAsync,
            CheckInterval);

        async ValueTask<ReadOnlyMemory<byte>?> FindEndAsync()
            => await gate.IsStillOpenAsync(context) ? default(ReadOnlyMemory<byte>?) : ReadOnlyMemory<byte>.Empty;
    }
}
