using System.Text.Json;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Overview;
using Beam.AspNetCore.Routing;
using Beam.AspNetCore.Status;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Events;

/// <summary>
/// What happens, as it happens: <c>GET {base}/{token}/{name}?events</c> and <c>GET {base}/{token}?events</c> for any holder of a token,
/// <c>GET {base}/?events</c> for those who run the relay. Who watches takes no receiver's place.
/// </summary>
internal sealed class EventsHandler(Relay relay, EventFeeds feeds, OverviewGate gate, IOptions<BeamOptions> options, TimeProvider timeProvider)
{
    private static readonly Answer TooMany
        = new(StatusCodes.Status503ServiceUnavailable, "too_many_watchers", "Too many are watching already; ?status tells where a transfer stands.");

    private static readonly Answer TooManyOfAddress
        = new(StatusCodes.Status429TooManyRequests, "too_many_watchers", "Too many are watching from this address already; ?status tells where a transfer stands.");

    /// <summary>Shows a transfer until its end, beginning before anybody has come.</summary>
    public async Task WatchAsync(HttpContext context, Token token, string name)
    {
        if (token.Channel.FindStatus(name) is { Outcome: not null } past && context.Request.Headers["Last-Event-ID"] == past.Transfer.Id)
        {
            // A browser's EventSource, which always comes again after the end of a stream, stops at this (WHATWG, server-sent events).
            context.Response.Headers.CacheControl = "no-store";
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        using var watch = feeds.TryWatch(context, token.Channel, name, out var refusal);
        await (watch is null
            ? Refusal.WriteAsync(context, AnswerTo(refusal))
            : EventStream.WriteAsync(context, watch.Feed, options.Value.StallTimeout, timeProvider, () => FindEndAsync(context, token, name)));
    }

    /// <summary>Shows what waits and runs in a channel until the token ends.</summary>
    public async Task WatchChannelAsync(HttpContext context, Token token)
    {
        using var watch = feeds.TryWatch(context, token, out var refusal);
        await (watch is null
            ? Refusal.WriteAsync(context, AnswerTo(refusal))
            : EventStream.WriteAsync(context, watch.Feed, options.Value.StallTimeout, timeProvider, FindEndAsync));

        // What is told last is nothing: there is no more to see.
        ValueTask<ReadOnlyMemory<byte>?> FindEndAsync() => TokenGate.Find(context, relay) is null ? new(ReadOnlyMemory<byte>.Empty) : default;
    }

    /// <summary>Shows the whole relay to somebody who may see it, as long as that is so.</summary>
    public async Task WatchAllAsync(HttpContext context)
    {
        using var watch = feeds.TryWatchAll(context, out var refusal);
        await (watch is null
            ? Refusal.WriteAsync(context, AnswerTo(refusal))
            : EventStream.WriteAsync(context, watch.Feed, options.Value.StallTimeout, timeProvider, FindEndAsync));

        async ValueTask<ReadOnlyMemory<byte>?> FindEndAsync() => await gate.IsStillOpenAsync(context) ? default(ReadOnlyMemory<byte>?) : ReadOnlyMemory<byte>.Empty;
    }

    private static Answer AnswerTo(WatchRefusal refusal) => refusal == WatchRefusal.AddressFull ? TooManyOfAddress : TooMany;

    /// <summary>Ends the watching with its token; but a transfer that outlives it, as a long stream does, is shown to its end.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> FindEndAsync(HttpContext context, Token token, string name)
    {
        if (TokenGate.Find(context, relay) is not null || (!token.IsRevoked && token.Channel.FindStatus(name) is not null))
        {
            return null;
        }

        var body = new LiveStatusBody(TransferStatusBody.OfNothing(name, AnswerTable.ForReceiver(TransferError.TokenEnded)));
        return await EventText.FormatAsync("outcome", JsonSerializer.SerializeToUtf8Bytes(body, BeamJsonContext.Default.LiveStatusBody));
    }
}
