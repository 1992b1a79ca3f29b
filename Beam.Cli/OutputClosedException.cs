namespace Beam.Cli;

/// <summary>Whoever read the standard output has gone.</summary>
internal sealed class OutputClosedException(Exception innerException) : IOException("The program that read the output has ended.", innerException);
