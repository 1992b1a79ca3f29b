namespace Beam.Cli;

/// <summary>The command line or the configuration asks for something that there is not.</summary>
internal sealed class UsageException(string message) : Exception(message);
