using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Beam.AspNetCore.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Diagnostics;

/// <summary>Refusals are counted by their reason, of which there are few.</summary>
[Trait("Rule", "P7")]
public sealed class RefusedMetricTests : HttpTests
{
    [Fact]
    public async Task Refusals_AreCountedByReason()
    {
        var server = await StartServerAsync();
        var scope = server.Services.GetRequiredService<IMeterFactory>();
        var counted = new ConcurrentQueue<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument is { Name: "beam.request.refused", Meter.Name: "Beam" } && ReferenceEquals(instrument.Meter.Scope, scope))
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (_, value, tags, _) => counted.Enqueue(
                $"{value} {string.Join(' ', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"))}"));
        listener.Start();
        var token = server.Mint();

        using var unknown = await server.Client.GetAsync("unknown/a");
        using var bad = await server.Client.PutAsync($"{token}/..%2Fa", new StringContent("x"));
        using var alone = await server.Client.GetAsync($"{token}/a?wait=1");

        Assert.Equal(
            [
                "1 error.type=unknown_token http.response.status_code=404",
                "1 error.type=400 http.response.status_code=400",
                "1 error.type=no_sender http.response.status_code=504",
            ],
            counted);
    }
}
