using Beam.AspNetCore.Answers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Events;

/// <summary>Lets a client watch a feed, or says why it may not. A watcher takes no receiver's seat.</summary>
internal sealed class EventWatcher(EventFeeds feeds, IOptions<BeamOptions> options, TimeProvider timeProvider)
{
    private static readonly Answer TooMany = new(
        StatusCodes.Status503ServiceUnavailable,
        "too_many_watchers",
        "There are too many watchers already; ?status tells where a transfer stands.");

    private static readonly Answer TooManyOfAddress = new(
        StatusCodes.Status429TooManyRequests,
        "too_many_watchers",
        "There are too many watchers from this address already; ?status tells where a transfer stands.");

    /// <summary>Shows a feed to its end, or until the watcher may not go on.</summary>
    /// <param name="context">The watcher's request.</param>
    /// <param name="key">What the client watches: all watchers of a key share a feed.</param>
    /// <param name="create">Makes the feed for the first watcher.</param>
    /// <param name="findEnd">Called with each beat: returns the last bytes for the watcher if it may not go on.</param>
    /// <param name="checkInterval">How long events may go on without that; zero for a call before each event.</param>
    public async Task WatchAsync(
        HttpContext context,
        object key,
        Func<ILogger, EventFeed> create,
        Func<ValueTask<ReadOnlyMemory<byte>?>> findEnd,
        TimeSpan checkInterval = default)
    {
        using var watch = feeds.TryWatch(context, key, create, out var refusal);
        await (watch is null
            ? Refusal.WriteAsync(context, refusal == WatchRefusal.AddressFull ? TooManyOfAddress : TooMany)
            : EventStream.WriteAsync(context, watch.Feed, options.Value.StallTimeout, timeProvider, findEnd, checkInterval));
    }
}
