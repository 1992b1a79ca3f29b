using Beam.Accounts;
using Beam.Holding;
using Microsoft.Extensions.Options;

namespace Beam.Buffering;

/// <summary>Makes buffers in memory, or spilling ones when a spill directory is configured.</summary>
internal sealed class DefaultChunkBufferFactory : IChunkBufferFactory
{
    private readonly ChunkPool _pool;
    private readonly RelayBudgets _budgets;
    private readonly MemoryChunkBufferLimits _limits;
    private readonly MemoryChunkBufferLimits _holdingLimits;
    private readonly SpillDirectory? _spillDirectory;
    private readonly HeldDirectory? _heldDirectory;

    public DefaultChunkBufferFactory(IOptions<BeamOptions> options, RelayBudgets budgets)
    {
        var value = options.Value;
        _budgets = budgets;
        _pool = new ChunkPool(budgets.Memory);
        var rewindBytes = value.ResumeTimeout > TimeSpan.Zero ? value.RewindBytes : 0;
        _limits = new MemoryChunkBufferLimits(value.WindowBytes, Math.Min(value.ReadAheadBytes, value.WindowBytes), rewindBytes);

        // One file that is handed in must not keep the others from moving.
        var holdingBytes = value.MemoryBudgetBytes / 4;
        _holdingLimits = new MemoryChunkBufferLimits(holdingBytes, holdingBytes, holdingBytes) { HoldsAll = true };
        if (value.SpillDirectory is { } directory)
        {
            _spillDirectory = new SpillDirectory(directory);
            _heldDirectory = new HeldDirectory(directory, budgets.Files);
        }
    }

    public IChunkBuffer? Create(ChunkBufferTerms terms) => Create(terms, charge: null);

    /// <summary>Makes a buffer that charges what it leases: the chunks of a hand-in, and what lies on the disk.</summary>
    public IChunkBuffer? Create(ChunkBufferTerms terms, HoldingCharge? charge)
    {
        if (terms.HoldsAll)
        {
            return CreateHolding(terms.Length, charge);
        }

        var memory = new MemoryChunkBuffer(_pool, _limits);
        if (_spillDirectory is null)
        {
            return memory;
        }

        var share = new SpillShare(_budgets.Spills, _budgets.Disk, charge);
        return new SpillingChunkBuffer(memory, _pool, new SpillFile(_spillDirectory, share, _budgets.Files, terms.Length));
    }

    /// <summary>Finds the files that senders have handed in before a restart.</summary>
    /// <param name="notes">Is told what becomes of those that the relay does not take up.</param>
    /// <returns>The files; <see langword="null"/> when nothing outlives a restart.</returns>
    public HeldFiles? OpenHeld(IHeldFileNotes notes)
    {
        if (_heldDirectory is not { } directory)
        {
            return null;
        }

        directory.Clean(notes);
        return new HeldFiles(directory.FindChannels(_budgets.Disk), directory.OpenAll(_pool, _budgets.Disk, notes));
    }

    private IChunkBuffer? CreateHolding(long? length, HoldingCharge? charge)
    {
        if (charge is not null)
        {
            charge.IsCountedByLog = true;
        }

        if (_heldDirectory is not null)
        {
            return _heldDirectory.Create(_pool, _budgets.Disk, length, charge);
        }

        return length > _holdingLimits.WindowBytes ? null : new MemoryChunkBuffer(_pool, _holdingLimits, charge);
    }
}
