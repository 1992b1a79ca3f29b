using Microsoft.Extensions.Options;

namespace Beam.Buffering;

/// <summary>The two budgets that all transfers of a relay share.</summary>
public sealed class RelayBudgets
{
    /// <summary>Makes the budgets that the options ask for.</summary>
    /// <param name="options">The relay's options.</param>
    public RelayBudgets(IOptions<BeamOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Memory = new BufferBudget(options.Value.MemoryBudgetBytes);
        Disk = new BufferBudget(options.Value.SpillDirectory is null ? 0 : options.Value.DiskBudgetBytes);
    }

    /// <summary>Gets the budget for bytes in memory.</summary>
    public BufferBudget Memory { get; }

    /// <summary>Gets the budget for bytes on the disk; its limit is 0 when the relay spills nothing.</summary>
    public BufferBudget Disk { get; }
}
