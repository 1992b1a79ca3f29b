namespace Beam.Transfers;

/// <summary>A relay as it was at one moment, for people who run it. It holds no token and no file name.</summary>
/// <param name="Transfers">The transfers that wait or run.</param>
/// <param name="Tokens">The live tokens.</param>
/// <param name="MemoryUsedBytes">How many bytes are held in memory.</param>
/// <param name="MemoryBudgetBytes">How many bytes may be.</param>
/// <param name="DiskUsedBytes">How many bytes are held on the disk.</param>
/// <param name="DiskBudgetBytes">How many bytes may be; 0 when the relay spills nothing.</param>
/// <param name="IsDraining">Whether the relay is shutting down.</param>
public sealed record RelaySnapshot(
    IReadOnlyList<TransferSnapshot> Transfers,
    IReadOnlyList<TokenSnapshot> Tokens,
    long MemoryUsedBytes,
    long MemoryBudgetBytes,
    long DiskUsedBytes,
    long DiskBudgetBytes,
    bool IsDraining);
