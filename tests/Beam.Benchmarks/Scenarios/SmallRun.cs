namespace Beam.Benchmarks.Scenarios;

/// <summary>One measurement of small transfers.</summary>
internal sealed record SmallRun(double PerSecond, double MedianMicroseconds, double P99Microseconds, double CpuMicroseconds);
