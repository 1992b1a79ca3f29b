using System.Text.Json;
using Beam.AspNetCore.Events;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Overview;

/// <summary>The whole relay, for its operators.</summary>
internal sealed class OverviewFeed(Relay relay, TimeProvider timeProvider, ILogger logger) : EventFeed(Interval, timeProvider, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // The feed looks at a crowded relay less often, so that looking stays a small part of the relay's work.
    private static readonly TimeSpan PerEntry = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private long? _toldAt;

    protected override async ValueTask<EventFrame?> SampleAsync(EventFrame last)
    {
        var isFinal = relay.IsDraining && relay.TransferCount == 0;
        var pause = PerEntry * (relay.TransferCount + relay.Tokens.Count);
        if (!isFinal && _toldAt is { } toldAt && TimeProvider.GetElapsedTime(toldAt) < (pause < Longest ? pause : Longest))
        {
            return null;
        }

        _toldAt = TimeProvider.GetTimestamp();
        var overview = OverviewBody.Of(relay.GetSnapshot(), includesAll: true);
        var text = await EventText.FormatAsync(
            "overview",
            JsonSerializer.SerializeToUtf8Bytes(overview, OverviewJson.Default.OverviewBody));
        return new EventFrame(last.State + 1, last.Data + 1, text, text, isFinal);
    }
}
