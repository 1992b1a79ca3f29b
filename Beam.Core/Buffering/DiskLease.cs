namespace Beam.Buffering;

/// <summary>What a file has leased of the disk budget. It grows as bytes come, and is trimmed when no more will come.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class DiskLease(BufferBudget budget)
{
    // File systems give out blocks. Without this, any number of empty files would cost nothing.
    private const long BlockBytes = 4096;

    private readonly Lock _lock = new();
    private long _bytes;
    private bool _hasEnded;

    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Says how much a file of <paramref name="bytes"/> takes, which are no more than a disk has.</summary>
    public static long RoundUp(long bytes) => checked(bytes + BlockBytes - 1) / BlockBytes * BlockBytes;

    /// <summary>Leases what is missing to <paramref name="bytes"/>.</summary>
    /// <returns><see langword="false"/> when the budget has no room, or when the lease has ended; nothing has changed then.</returns>
    public bool TryReach(long bytes)
    {
        lock (_lock)
        {
            if (_hasEnded)
            {
                return false;
            }

            if (bytes > _bytes)
            {
                if (!budget.TryLease(bytes - _bytes, BudgetPriority.Essential))
                {
                    return false;
                }

                _bytes = bytes;
            }

            return true;
        }
    }

    /// <summary>Gives back what is beyond <paramref name="bytes"/>.</summary>
    public void Trim(long bytes)
    {
        long excess;
        lock (_lock)
        {
            excess = Math.Max(0, _bytes - bytes);
            _bytes -= excess;
        }

        // Outside the lock, because it wakes those that wait for room.
        if (excess > 0)
        {
            budget.Return(excess);
        }
    }

    /// <summary>Gives everything back, for good.</summary>
    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
        }

        Trim(0);
    }
}
