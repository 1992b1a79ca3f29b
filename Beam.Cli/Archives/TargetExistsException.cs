namespace Beam.Cli.Archives;

/// <summary>A target already exists, and nobody allowed overwriting it. Nothing was written.</summary>
internal sealed class TargetExistsException(string message) : IOException(message);
