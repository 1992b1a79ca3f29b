using System.Diagnostics.Metrics;
using System.Globalization;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Events;

namespace Beam.AspNetCore.Diagnostics;

/// <summary>What Beam counts of requests, on the meter that counts transfers. The instruments are listed in docs/operations.md.</summary>
internal sealed class HttpMetrics
{
    private readonly Counter<long> _refused;

    public HttpMetrics(IMeterFactory meterFactory, EventFeeds feeds)
    {
        // The factory owns it, and gives the relay the same one.
        var meter = meterFactory.Create("Beam");
        _refused = meter.CreateCounter<long>("beam.request.refused", "{request}", "Requests that were refused or have failed before the answer began.");
        meter.CreateObservableUpDownCounter("beam.watcher.active", () => feeds.Watchers, "{watcher}", "Watchers of live events.");
    }

    /// <summary>Counts a refusal by its name for programs, of which there are few, or else by its status.</summary>
    public void CountRefused(Answer answer) => _refused.Add(
        1,
        new KeyValuePair<string, object?>("error.type", answer.Code ?? answer.Status.ToString(CultureInfo.InvariantCulture)),
        new KeyValuePair<string, object?>("http.response.status_code", answer.Status));
}
