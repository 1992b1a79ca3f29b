namespace Beam.Cli.Archives;

/// <summary>What would be written exists, and nobody said that it may be overwritten. Nothing was written.</summary>
internal sealed class TargetExistsException(string message) : IOException(message);
