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
        // The factory owns it, and gives the relay the same one.
        _meter = meterFactory.Create("Beam");
        _refused = _meter.CreateCounter<long>("beam.request.refused", "{request}", "Requests that were refused or have failed before the answer began.");
    }

    /// <summary>Has the watchers of live events counted.</summary>
    public void ObserveWatchers(Func<int> count) => _meter.CreateObservableUpDownCounter("beam.watcher.active", count, "{watcher}", "Watchers of live events.");

    /// <summary>Counts a refusal by its name for programs, of which there are few, or else by its status.</summary>
    public void CountRefused(int status, string? code) => _refused.Add(
        1,
        new KeyValuePair<string, object?>("error.type", code ?? status.ToString(CultureInfo.InvariantCulture)),
        new KeyValuePair<string, object?>("http.response.status_code", status));
}
