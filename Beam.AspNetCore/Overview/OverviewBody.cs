using Beam.Transfers;

namespace Beam.AspNetCore.Overview;

/// <summary>The overview as JSON: totals for everybody, transfers and tokens only for people who may see them.</summary>
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
    public static OverviewBody Of(RelaySnapshot relay, bool includesAll) => new(
        relay.Transfers.Count,
        relay.Tokens.Count,
        relay.IsDraining,
        relay.MemoryUsedBytes,
        relay.MemoryBudgetBytes,
        relay.DiskUsedBytes,
        relay.DiskBudgetBytes,
        includesAll ? [.. relay.Transfers.OrderByDescending(static transfer => transfer.Age).Select(OverviewTransfer.Of)] : null,
        includesAll ? [.. relay.Tokens.Select(OverviewToken.Of)] : null);
}
