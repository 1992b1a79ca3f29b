namespace Beam.Transfers;

/// <summary>A channel as it was at one moment, for holders of a token of it.</summary>
/// <param name="Transfers">The transfers that wait or run, the oldest first.</param>
/// <param name="NextReceivers">How many receivers wait for whatever comes next.</param>
public sealed record ChannelSnapshot(IReadOnlyList<TransferStatus> Transfers, int NextReceivers)
{
    /// <summary>
    /// Gets the ended transfers that the relay still remembers, the latest first: the last of each name, and no more than 50.
    /// </summary>
    public IReadOnlyList<TransferStatus> Recent { get; init; } = [];
}
