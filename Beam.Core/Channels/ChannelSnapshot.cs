namespace Beam.Transfers;

/// <summary>A channel as it was at one moment, for those who hold a token of it.</summary>
/// <param name="Transfers">The transfers that wait or run, the oldest first.</param>
/// <param name="NextReceivers">How many receivers wait for whatever comes next.</param>
public sealed record ChannelSnapshot(IReadOnlyList<TransferStatus> Transfers, int NextReceivers)
{
    /// <summary>Gets the transfers that have ended and are still remembered, the latest first; of each name the last one, and no more than 50.</summary>
    public IReadOnlyList<TransferStatus> Recent { get; init; } = [];
}
