using Beam.Cli.Archives;

namespace Beam.Cli.Receiving;

/// <summary>Unpacks archives onto the disk.</summary>
/// <param name="consent">What they may do to a folder that exists.</param>
internal sealed class Unpacking(IUnpackConsent consent)
{
    /// <summary>Unpacks an archive, whose content joins what is in a folder.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="folder">The folder, which is created if it does not exist.</param>
    /// <param name="cancellationToken">Stops it; nothing is left.</param>
    public Task<UnpackSummary> RunAsync(IArchive archive, string folder, CancellationToken cancellationToken)
        => RunAsync(archive, folder, isNew: !Directory.Exists(folder), cancellationToken);

    /// <summary>Unpacks an archive, whose content joins what is in a folder.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="folder">The folder, which is created if it does not exist.</param>
    /// <param name="isNew">Whether the folder was made for this archive. Then it may have any names.</param>
    /// <param name="cancellationToken">Stops it; nothing is left.</param>
    public async Task<UnpackSummary> RunAsync(IArchive archive, string folder, bool isNew, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var limits = UnpackLimits.For(archive.Length, new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace);
        return await new Unpacker(limits, NameRules.ForThisSystem).UnpackAsync(
            archive.ReadAsync(limits, cancellationToken),
            folder,
            isNew,
            consent,
            cancellationToken);
    }
}
