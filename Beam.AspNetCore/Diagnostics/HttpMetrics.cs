using System.Diagnostics.Metrics;
using System.Globalization;

namespace Beam.AspNetCore.Diagnostics;

/// <summary>What Beam counts of requests, on the meter that counts transfers. The instruments are listed in docs/operations.md.</summary>
internal sealed class HttpMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _refused;

    public HttpMetrics(IMeterFactory meterFactory)
    {
        // The factory owns the meter, and gives the relay the same meter.
        _meter = meterFactory.Create("Beam");
        _refused = _meter.CreateCounter<long>(
            "beam.request.refused",
            "{request}",
            "Requests that were refused or have failed before the answer began.");
    }

    /// <summary>Begins to count the watchers of live events.</summary>
    public void ObserveWatchers(Func<int> count)
        => _meter.CreateObservableUpDownCounter("beam.watcher.active", count, "{watcher}", "Watchers of live events.");

    /// <summary>Counts a refusal by its code, of which there are few, or by its status when it has no code.</summary>
    public void CountRefused(int status, string? code) => _refused.Add(
        1,
        new KeyValuePair<string, object?>("error.type", code ?? status.ToString(CultureInfo.InvariantCulture)),
        new KeyValuePair<string, object?>("http.response.status_code", status));
}
