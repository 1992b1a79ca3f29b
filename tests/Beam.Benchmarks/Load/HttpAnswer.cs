namespace Beam.Benchmarks.Load;

/// <summary>A short answer as it came, chunk sizes included.</summary>
internal sealed record HttpAnswer(int Status, string Body);
