using Beam.Accounts;

namespace Beam.Buffering;

/// <summary>What a file has leased of the disk budget. It grows as bytes come, and is trimmed when no more will come.</summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="budget">The disk budget.</param>
/// <param name="charge">What is charged for it; <see langword="null"/> when nobody is.</param>
internal sealed class DiskLease(BufferBudget budget, HoldingCharge? charge = null)
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

    /// <summary>Says how much a file that is handed in takes at least: its bytes, and what the relay notes of it.</summary>
    public static long BytesOfFile(long bytes) => checked(RoundUp(bytes) + BlockBytes);

    /// <summary>Leases what is missing to <paramref name="bytes"/>.</summary>
    /// <returns>
    /// <see langword="false"/> when the budget has no room, or who is charged has none, or the lease has ended; nothing has changed then.
    /// </returns>
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
                var missing = bytes - _bytes;
                if (charge?.TryTake(missing) == false)
                {
                    return false;
                }

                if (!budget.TryLease(missing, BudgetPriority.Essential))
                {
                    charge?.Return(missing);
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
            charge?.Return(excess);
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
