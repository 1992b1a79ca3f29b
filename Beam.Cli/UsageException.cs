namespace Beam.Cli;

/// <summary>The command line or the configuration is wrong.</summary>
internal sealed class UsageException(string message) : Exception(message);
