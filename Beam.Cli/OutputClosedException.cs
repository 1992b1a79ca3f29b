namespace Beam.Cli;

/// <summary>The program that read the standard output has ended.</summary>
internal sealed class OutputClosedException(Exception innerException)
    : IOException("The program that read the output has ended.", innerException);
