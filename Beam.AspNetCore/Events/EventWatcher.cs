using Beam.AspNetCore.Answers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Events;

/// <summary>Lets a client watch a feed, or says why it may not. A watcher takes no receiver's seat.</summary>
internal sealed class EventWatcher(EventFeeds feeds, IOptions<BeamOptions> options, TimeProvider timeProvider)
{
    private static readonly Answer TooMany
        = new(StatusCodes.Status503ServiceUnavailable, "too_many_watchers", "Too many are watching already; ?status tells where a transfer stands.");

    private static readonly Answer TooManyOfAddress
        = new(StatusCodes.Status429TooManyRequests, "too_many_watchers", "Too many are watching from this address already; ?status tells where a transfer stands.");

    /// <summary>Shows a feed to its end, or until the watcher may not go on.</summary>
    /// <param name="context">The watcher's request.</param>
    /// <param name="key">What is watched: all who watch the same share a feed.</param>
    /// <param name="create">Makes the feed for the first of them.</param>
    /// <param name="findEnd">Finds out now and then whether the watcher may go on; if not, returns what it is told last.</param>
    public async Task WatchAsync(HttpContext context, object key, Func<ILogger, EventFeed> create, Func<ValueTask<ReadOnlyMemory<byte>?>> findEnd)
    {
        using var watch = feeds.TryWatch(context, key, create, out var refusal);
        await (watch is null
            ? Refusal.WriteAsync(context, refusal == WatchRefusal.AddressFull ? TooManyOfAddress : TooMany)
            : EventStream.WriteAsync(context, watch.Feed, options.Value.StallTimeout, timeProvider, findEnd));
    }
}
