namespace Beam.Cli.Archives;

/// <summary>An archive that is open.</summary>
internal interface IArchive
{
    /// <summary>Gets its length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads what is in it, once.</summary>
    /// <param name="limits">How many entries there may be.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArchiveRefusedException">It is damaged, or contains what it must not.</exception>
    /// <exception cref="IOException">It cannot be read, or is not what it should be.</exception>
    IAsyncEnumerable<PackedEntry> ReadAsync(UnpackLimits limits, CancellationToken cancellationToken);
}
