using System.Text.Json;
using Beam.AspNetCore.Events;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Channels;

/// <summary>What waits and runs in a channel, as the holder of one token may see it.</summary>
internal sealed class ChannelFeed(Relay relay, Token token, TimeProvider timeProvider, ILogger logger)
    : EventFeed(Interval, timeProvider, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private byte[] _told = [];

    protected override async ValueTask<EventFrame?> SampleAsync(EventFrame last)
    {
        var body = ChannelBody.Of(token, token.Channel.GetSnapshot());
        body = body with
        {
            Transfers = body.Transfers?.Select(static transfer => transfer with { ExpiresAt = ToSeconds(transfer.ExpiresAt) }).ToList(),
        };
        var json = JsonSerializer.SerializeToUtf8Bytes(body, ChannelsJson.Default.ChannelBody);
        var isFinal = token.IsRevoked || relay.IsDraining;
        if (!isFinal && json.AsSpan().SequenceEqual(_told))
        {
            return null;
        }

        _told = json;
        var text = await EventText.FormatAsync("channel", json);
        return new EventFrame(last.State + 1, last.Data + 1, text, text, isFinal);
    }

    // Each look computes the deadlines from two clocks, so their fractions of a second differ. That is no news.
    private static DateTimeOffset? ToSeconds(DateTimeOffset? time)
        => time is { } value ? value.AddTicks(-(value.Ticks % TimeSpan.TicksPerSecond)) : null;
}
