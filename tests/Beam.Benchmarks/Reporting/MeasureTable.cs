namespace Beam.Benchmarks.Reporting;

/// <summary>Measures of one scenario; those with a bound that was promised get a verdict.</summary>
internal sealed class MeasureTable
{
    public Table Table { get; } = new("Measure", "Value", "Bound", "Verdict");

    public void Add(string measure, string value) => Table.Add(measure, value, "", "");

    public void Add(string measure, string value, string bound, bool isMet)
        => Table.Add(measure, value, bound, isMet ? "OK" : "**MISSED**");
}
