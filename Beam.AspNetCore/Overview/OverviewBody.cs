using Beam.Transfers;

namespace Beam.AspNetCore.Overview;

/// <summary>
/// The overview as JSON: totals for everybody, and some transfers and tokens for people who may see them. The totals come from counters, so
/// that strangers who ask again and again do not keep the relay busy.
/// </summary>
internal sealed record OverviewBody(
    int ActiveTransfers,
    int LiveTokens,
    bool IsDraining,
    long MemoryUsedBytes,
    long MemoryBudgetBytes,
    long DiskUsedBytes,
    long DiskBudgetBytes,
    IReadOnlyList<OverviewTransfer>? Transfers,
    IReadOnlyList<OverviewToken>? Tokens)
{
    /// <summary>How many transfers and tokens the overview lists at most: more than a person reads.</summary>
    public const int MostListed = 500;

    public static OverviewBody Of(Relay relay, bool includesAll)
    {
        var totals = relay.GetTotals();
        var listed = includesAll ? relay.GetSnapshot(MostListed) : null;
        return new(
            totals.Transfers,
            totals.Tokens,
            totals.IsDraining,
            totals.MemoryUsedBytes,
            totals.MemoryBudgetBytes,
            totals.DiskUsedBytes,
            totals.DiskBudgetBytes,
            listed?.Transfers.Select(OverviewTransfer.Of).ToList(),
            listed?.Tokens.Select(OverviewToken.Of).ToList());
    }
}
