namespace Beam.Transfers;

/// <summary>How much a relay holds at one moment.</summary>
/// <param name="Transfers">How many transfers wait or run, or have ended and still have a connection that has not left.</param>
/// <param name="Tokens">How many tokens live.</param>
/// <param name="MemoryUsedBytes">How many bytes are held in memory.</param>
/// <param name="MemoryBudgetBytes">How many bytes may be.</param>
/// <param name="DiskUsedBytes">How many bytes are held on the disk.</param>
/// <param name="DiskBudgetBytes">How many bytes may be; 0 when the relay spills nothing.</param>
/// <param name="IsDraining">Whether the relay is shutting down.</param>
public sealed record RelayTotals(
    int Transfers,
    int Tokens,
    long MemoryUsedBytes,
    long MemoryBudgetBytes,
    long DiskUsedBytes,
    long DiskBudgetBytes,
    bool IsDraining);
