namespace Beam;

/// <summary>How much of a relay files that are handed in may take: what the options say or, where they say nothing, the defaults.</summary>
/// <param name="Files">How many there may be, of all channels together.</param>
/// <param name="Bytes">How many bytes they may take, of all channels together: in memory or, with a spill directory, on the disk.</param>
/// <param name="FilesPerToken">How many there may be of one channel.</param>
/// <param name="BytesPerToken">How many bytes those of one channel may take.</param>
public sealed record HoldingShares(int Files, long Bytes, int FilesPerToken, long BytesPerToken)
{
    /// <summary>Finds the shares that options mean.</summary>
    /// <param name="options">The relay's options.</param>
    /// <returns>The shares.</returns>
    public static HoldingShares Of(BeamOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);

        // Half of everything: the other half is for those that are there themselves.
        var files = options.MaxHeldFiles ?? Math.Max(1, options.MaxTransfers / 2);
        var bytes = options.MaxHeldBytes ?? (options.SpillDirectory is null ? options.MemoryBudgetBytes : options.DiskBudgetBytes) / 2;
        return new HoldingShares(
            files,
            bytes,
            options.MaxHeldFilesPerToken ?? options.MaxWaitingTransfersPerToken,
            options.MaxHeldBytesPerToken ?? bytes - (bytes / 4));
    }
}
