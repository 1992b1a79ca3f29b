namespace Beam.Conformance;

/// <summary>A host that does not do what every host must.</summary>
public sealed class ConformanceException(string message) : Exception(message);
