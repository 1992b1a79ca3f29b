namespace Beam.Cli.Archives;

/// <summary>
/// An archive is damaged, or would do what no archive should. Nothing of it was unpacked. The message may contain names from the
/// archive, so it must be cleaned before a terminal shows it.
/// </summary>
internal sealed class ArchiveRefusedException : Exception
{
    public ArchiveRefusedException(string message)
        : base(message)
    {
    }

    public ArchiveRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
