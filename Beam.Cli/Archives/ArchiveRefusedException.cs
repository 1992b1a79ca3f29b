namespace Beam.Cli.Archives;

/// <summary>An archive is damaged or would do what no archive should. Nothing of it was unpacked. The message may hold names from the archive: it is not fit for a terminal as it is.</summary>
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
