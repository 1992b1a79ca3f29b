using System.Text.Json;
using Beam.AspNetCore.Events;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Channels;

/// <summary>What waits and runs in a channel, as everybody may see it whose token has the same rights.</summary>
/// <remarks>
/// A look at the channel costs as much as it has files. So the feed looks only when something has changed, and writes that down once for
/// all watchers.
/// </remarks>
internal sealed class ChannelFeed(Relay relay, BeamChannel channel, TokenRights rights, TimeProvider timeProvider, ILogger logger)
    : EventFeed(Interval, timeProvider, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    // With very many watchers, changes come less often: each of them is written to every watcher.
    private static readonly TimeSpan PerWatcher = TimeSpan.FromMilliseconds(1);

    private byte[] _told = [];
    private long? _toldAt;
    private long _changes;

    /// <summary>Gets how often it has looked at the channel.</summary>
    public long Looks { get; private set; }

    private bool IsDue
        => _toldAt is not { } toldAt
            || relay.IsDraining
            || (channel.Changes != _changes && TimeProvider.GetElapsedTime(toldAt) >= PerWatcher * Watchers);

    protected override long Revocations => channel.Revocations;

    protected override async ValueTask<EventFrame?> SampleAsync(EventFrame last)
    {
        if (!IsDue)
        {
            return null;
        }

        // Read before the look: what changes from here on is seen the next time.
        _changes = channel.Changes;
        var isFinal = relay.IsDraining;
        var json = Look();
        if (!isFinal && json.AsSpan().SequenceEqual(_told))
        {
            return null;
        }

        _told = json;
        _toldAt = TimeProvider.GetTimestamp();
        var text = await EventText.FormatAsync("channel", json);
        return new EventFrame(last.State + 1, last.Data + 1, text, text, isFinal);
    }

    private byte[] Look()
    {
        Looks++;
        var body = ChannelEventBody.Of(rights, channel.GetSnapshot());
        body = body with
        {
            Transfers = body.Transfers?.Select(static transfer => transfer with { ExpiresAt = ToSeconds(transfer.ExpiresAt) }).ToList(),
        };
        return JsonSerializer.SerializeToUtf8Bytes(body, ChannelsJson.Default.ChannelEventBody);
    }

    // Each look computes the deadlines from two clocks, so their fractions of a second differ. That is no news.
    private static DateTimeOffset? ToSeconds(DateTimeOffset? time)
        => time is { } value ? value.AddTicks(-(value.Ticks % TimeSpan.TicksPerSecond)) : null;
}
