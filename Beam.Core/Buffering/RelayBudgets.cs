using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Beam.Buffering;

/// <summary>The budgets that all transfers of a relay share.</summary>
public sealed class RelayBudgets
{
    /// <summary>Makes the budgets that the options ask for.</summary>
    /// <param name="options">The relay's options.</param>
    public RelayBudgets(IOptions<BeamOptions> options)
        : this(options, DescriptorLimit.MostFiles(DescriptorLimit.FindUsable()))
    {
    }

    /// <param name="options">The relay's options.</param>
    /// <param name="mostFiles">How many files may be open at a time.</param>
    internal RelayBudgets(IOptions<BeamOptions> options, long mostFiles)
    {
        ArgumentNullException.ThrowIfNull(options);
        Files = new BufferBudget(mostFiles);
        Memory = new BufferBudget(options.Value.MemoryBudgetBytes);
        Disk = new BufferBudget(options.Value.SpillDirectory is null ? 0 : options.Value.DiskBudgetBytes);
        Spills = new BufferBudget(Math.Max(0, Disk.LimitBytes - HoldingShares.Of(options.Value).Bytes));
    }

    /// <summary>Gets the budget for bytes in memory.</summary>
    public BufferBudget Memory { get; }

    /// <summary>Gets the budget for bytes on the disk; its limit is 0 when the relay spills nothing.</summary>
    public BufferBudget Disk { get; }

    /// <summary>Gets the part of <see cref="Disk"/> that is for spilled bytes: what is not for files that are handed in.</summary>
    internal BufferBudget Spills { get; }

    /// <summary>
    /// Gets the budget for files that are open, each of which counts as one byte: without a descriptor left, the process may die. Senders
    /// that spill or hand in take up to three quarters, so that receivers of accepted files always find some.
    /// </summary>
    internal BufferBudget Files { get; }

    /// <summary>Logs, once for each budget, that more was given back to it than was leased.</summary>
    internal void ReportMistakesTo(ILogger logger)
    {
        Memory.WronglyReturned = () => ReportLater(logger, "memory");
        Disk.WronglyReturned = () => ReportLater(logger, "disk");
        Spills.WronglyReturned = () => ReportLater(logger, "spill");
        Files.WronglyReturned = () => ReportLater(logger, "files");
    }

    // On a thread of its own: the one that gives back may hold the lock of a buffer, and a logger may do anything.
    private static void ReportLater(ILogger logger, string budget) => _ = Task.Run(() => RelayLog.BudgetWronglyReturned(logger, budget));
}
