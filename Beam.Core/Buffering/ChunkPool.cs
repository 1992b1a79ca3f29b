namespace Beam.Buffering;

/// <summary>
/// Chunks in four sizes, leased from the memory budget. Small chunks come first, so that a short transfer, or a sender that waits with a
/// few bytes, does not cost a whole block.
/// </summary>
internal sealed class ChunkPool(BufferBudget budget)
{
    public const int SmallestBytes = 4 * 1024;
    public const int LargestBytes = 128 * 1024;

    // What is kept for the next transfer: 4 MiB of the largest chunks. Two cores have less in flight, and it is little to hold when idle.
    private const int KeptOfEachSize = 4 * 1024 * 1024 / LargestBytes;

    private static readonly int[] Sizes = [SmallestBytes, 16 * 1024, 64 * 1024, LargestBytes];

    private readonly Lock _lock = new();
    private readonly Stack<Chunk>[] _idle = [.. Sizes.Select(static _ => new Stack<Chunk>())];

    public BufferBudget Budget => budget;

    /// <summary>Says which size to rent: four times the one before, or more when many bytes wait.</summary>
    public static int NextCapacity(int previousCapacity, int waitingBytes)
    {
        var wanted = Math.Max(waitingBytes, previousCapacity * 4);
        foreach (var size in Sizes)
        {
            if (size >= wanted)
            {
                return size;
            }
        }

        return LargestBytes;
    }

    public Chunk? TryRent(int capacity, BudgetPriority priority)
        => budget.TryLease(capacity, priority) ? Take(capacity) : null;

    /// <summary>Rents a chunk for which the budget has been leased already.</summary>
    public Chunk Take(int capacity)
    {
        Chunk? chunk;
        lock (_lock)
        {
            _idle[SizeIndex(capacity)].TryPop(out chunk);
        }

        chunk ??= new Chunk(this, capacity);
        chunk.Begin();
        return chunk;
    }

    /// <summary>Rents a large chunk to read into, and waits for the budget. Every reader gets its chunk in the end.</summary>
    /// <param name="ended">Ends the wait of every reader.</param>
    /// <param name="cancellationToken">Ends the wait of this reader.</param>
    /// <returns>The chunk, or <see langword="null"/> when one of the two came first.</returns>
    public async ValueTask<Chunk?> RentForReadingAsync(Task ended, CancellationToken cancellationToken)
        => await budget.LeaseAsync(LargestBytes, BudgetPriority.Essential, ended, cancellationToken).ConfigureAwait(false)
            ? Take(LargestBytes)
            : null;

    public void Return(Chunk chunk)
    {
        lock (_lock)
        {
            var idle = _idle[SizeIndex(chunk.Capacity)];
            if (idle.Count < KeptOfEachSize)
            {
                idle.Push(chunk);
            }
        }

        budget.Return(chunk.Capacity);
    }

    private static int SizeIndex(int capacity) => Array.IndexOf(Sizes, capacity);
}
