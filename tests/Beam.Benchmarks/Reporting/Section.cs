namespace Beam.Benchmarks.Reporting;

/// <summary>What one scenario found.</summary>
internal sealed record Section(string Title, string Text, Table Table);
