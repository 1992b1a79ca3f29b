namespace Beam.Benchmarks.Measuring;

/// <summary>The middle one of several runs: one that was disturbed does not count.</summary>
internal static class Median
{
    public static double Of<T>(IEnumerable<T> runs, Func<T, double> value)
    {
        double[] sorted = [.. runs.Select(value).Order()];
        return sorted[sorted.Length / 2];
    }
}
