using System.Text.Json;
using Beam.AspNetCore.Events;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Overview;

/// <summary>The whole relay, for its operators.</summary>
internal sealed class OverviewFeed(Relay relay, TimeProvider timeProvider, ILogger logger) : EventFeed(Interval, timeProvider, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async ValueTask<EventFrame?> SampleAsync(EventFrame last)
    {
        var isFinal = relay.IsDraining && relay.TransferCount == 0;
        var overview = OverviewBody.Of(relay, includesAll: true);
        var text = await EventText.FormatAsync(
            "overview",
            JsonSerializer.SerializeToUtf8Bytes(overview, OverviewJson.Default.OverviewBody));
        return new EventFrame(last.State + 1, last.Data + 1, text, text, isFinal);
    }
}
