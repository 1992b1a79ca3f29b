using System.Diagnostics.Metrics;
using Beam.AspNetCore.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Diagnostics;

/// <summary>docs/operations.md lists the meter's instruments as they are.</summary>
public sealed class InstrumentTableTests : HttpTests
{
    [Fact]
    public async Task Table_ListsEveryInstrument_WithKindAndUnit()
    {
        var server = await StartServerAsync();
        var scope = server.Services.GetRequiredService<IMeterFactory>();
        var published = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == "Beam" && ReferenceEquals(instrument.Meter.Scope, scope))
                {
                    published.Add($"{instrument.Name}, {KindOf(instrument)}, {instrument.Unit}");
                    Assert.False(string.IsNullOrEmpty(instrument.Description), instrument.Name);
                }
            },
        };
        listener.Start();

        var listed = (await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "operations.md")))
            .Where(static line => line.StartsWith("| `beam.", StringComparison.Ordinal))
            .Select(static line => string.Join(", ", line.Split('|').Skip(1).Take(3).Select(static cell => cell.Trim(' ', '`'))));

        Assert.Equal(published.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static string KindOf(Instrument instrument) => instrument.GetType().Name switch
    {
        "Counter`1" => "counter",
        "Histogram`1" => "histogram",
        "ObservableUpDownCounter`1" => "up-down counter",
        var other => other,
    };
}
