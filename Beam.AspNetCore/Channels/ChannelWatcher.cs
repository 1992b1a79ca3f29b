using Beam.AspNetCore.Events;
using Beam.AspNetCore.Requests;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Channels;

/// <summary>What waits and runs in a channel, as it happens: <c>GET {base}/{token}?events</c>.</summary>
internal sealed class ChannelWatcher(Relay relay, EventWatcher events, TimeProvider timeProvider)
{
    /// <summary>Shows a channel until the token ends.</summary>
    public Task WatchAsync(HttpContext context, Token token)
    {
        // One feed for all tokens of the channel with the same rights.
        return events.WatchAsync(
            context,
            (token.Channel, token.Rights),
            logger => new ChannelFeed(relay, token.Channel, token.Rights, timeProvider, logger),
            FindEndAsync);

        // The last event is empty: there is no more to see.
        ValueTask<ReadOnlyMemory<byte>?> FindEndAsync()
            => PathToken.Find(context, relay) is null ? new(ReadOnlyMemory<byte>.Empty) : default;
    }
}
