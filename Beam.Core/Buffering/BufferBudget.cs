namespace Beam.Buffering;

/// <summary>
/// A number of bytes that all transfers of a relay share. The relay holds nothing without a lease
/// from it, so the sum is bounded whatever the peers do.
/// </summary>
/// <remarks>Thread-safe. A request that does not fit waits in line behind others of its <see cref="BudgetPriority"/>.</remarks>
public sealed class BufferBudget
{
    private const int Priorities = 3;

    private readonly Lock _lock = new();
    private readonly LinkedList<BudgetRequest>[] _lines = [new(), new(), new()];
    private long _usedBytes;
    private bool _wasWronglyReturned;

    /// <summary>Makes a budget.</summary>
    /// <param name="limitBytes">The most that may be leased at a time, in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limitBytes"/> is negative.</exception>
    public BufferBudget(long limitBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limitBytes);
        LimitBytes = limitBytes;
    }

    /// <summary>Gets the most that may be leased at a time, in bytes.</summary>
    public long LimitBytes { get; }

    /// <summary>Gets what is leased now, in bytes.</summary>
    public long UsedBytes => Interlocked.Read(ref _usedBytes);

    /// <summary>
    /// Gets a value indicating whether more than three quarters are leased: holders then give back what is only nice to have.
    /// </summary>
    public bool IsUnderPressure => UsedBytes > CeilingBytes(BudgetPriority.ReadAhead);

    /// <summary>
    /// Gets or sets what is called at the first wrong <see cref="Return"/>, perhaps under a lock of the caller. It must not throw or block.
    /// </summary>
    internal Action? WronglyReturned { get; set; }

    /// <summary>
    /// Gets a value indicating whether holders are to give back what is only nice to have: the budget is under pressure, or somebody waits
    /// for it.
    /// </summary>
    /// <remarks>Without the lock: an answer that is a moment old does no harm.</remarks>
    internal bool IsShort => IsUnderPressure || Array.Exists(_lines, static line => line.Count > 0);

    /// <summary>Leases <paramref name="bytes"/> if they fit and nobody of this priority or a higher priority waits in line.</summary>
    /// <param name="bytes">How many bytes.</param>
    /// <param name="priority">What they are for.</param>
    /// <returns><see langword="true"/> when they are leased; give them back with <see cref="Return"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is negative.</exception>
    public bool TryLease(long bytes, BudgetPriority priority)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (_lock)
        {
            for (var line = (int)priority; line < Priorities; line++)
            {
                if (_lines[line].Count > 0)
                {
                    return false;
                }
            }

            return TryTake_NeedsLock(bytes, priority);
        }
    }

    /// <summary>Gives leased bytes back and serves requests that wait for them.</summary>
    /// <remarks>
    /// It never throws, because it is called where something ends. More than is leased, or a negative number, is a mistake of the caller.
    /// The budget then takes back what is leased at most, and the relay logs an error, once.
    /// </remarks>
    /// <param name="bytes">How many bytes: as many as were leased.</param>
    public void Return(long bytes)
    {
        List<BudgetRequest>? granted;
        bool isFirstMistake;
        lock (_lock)
        {
            var returned = Math.Clamp(bytes, 0, _usedBytes);
            isFirstMistake = returned != bytes && !_wasWronglyReturned;
            _wasWronglyReturned |= isFirstMistake;
            SetUsed_NeedsLock(checked(_usedBytes - returned));
            granted = GrantWaiting_NeedsLock();
        }

        Announce(granted);
        if (isFirstMistake)
        {
            WronglyReturned?.Invoke();
        }
    }

    /// <summary>Leases <paramref name="bytes"/> as soon as they fit.</summary>
    /// <param name="bytes">How many bytes.</param>
    /// <param name="priority">What they are for.</param>
    /// <param name="granted">Called once when they are leased, perhaps before this method returns; must not throw or block.</param>
    /// <returns>The place in line.</returns>
    internal BudgetRequest Request(long bytes, BudgetPriority priority, Action granted)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var request = new BudgetRequest(this, bytes, priority, granted);
        List<BudgetRequest>? served;
        lock (_lock)
        {
            _lines[(int)priority].AddLast(request.Node);
            served = GrantWaiting_NeedsLock();
        }

        Announce(served);
        return request;
    }

    /// <summary>Leases <paramref name="bytes"/>, waiting in line while they do not fit.</summary>
    /// <param name="bytes">How many bytes.</param>
    /// <param name="priority">What they are for.</param>
    /// <param name="ended">Ends the wait of everybody that waits for the same.</param>
    /// <param name="cancellationToken">Ends the wait of this caller.</param>
    /// <returns><see langword="false"/> when one of the two came first, and nothing is leased.</returns>
    internal async ValueTask<bool> LeaseAsync(long bytes, BudgetPriority priority, Task ended, CancellationToken cancellationToken)
    {
        if (TryLease(bytes, priority))
        {
            return true;
        }

        var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var request = Request(bytes, priority, granted.SetResult);
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var registration = cancellationToken.UnsafeRegister(static left => ((TaskCompletionSource)left!).TrySetResult(), left);
        await using (registration.ConfigureAwait(false))
        {
            await Task.WhenAny(granted.Task, ended, left.Task).ConfigureAwait(false);
        }

        return granted.Task.IsCompleted || request.Withdraw();
    }

    /// <summary>Moves a request to the end of a more urgent line; does nothing when it has been granted or withdrawn.</summary>
    internal void Promote(BudgetRequest request, BudgetPriority priority)
    {
        List<BudgetRequest>? served;
        lock (_lock)
        {
            if (request.Node.List is null || priority <= request.Priority)
            {
                return;
            }

            request.Node.List.Remove(request.Node);
            request.Priority = priority;
            _lines[(int)priority].AddLast(request.Node);
            served = GrantWaiting_NeedsLock();
        }

        Announce(served);
    }

    /// <summary>Leaves the line.</summary>
    /// <returns><see langword="true"/> when the bytes had been granted already, so that they are the caller's to return.</returns>
    internal bool Withdraw(BudgetRequest request)
    {
        List<BudgetRequest>? served;
        lock (_lock)
        {
            if (request.Node.List is not { } line)
            {
                return request.IsGranted;
            }

            // Requests behind it may fit although this one did not.
            line.Remove(request.Node);
            served = GrantWaiting_NeedsLock();
        }

        Announce(served);
        return false;
    }

    private List<BudgetRequest>? GrantWaiting_NeedsLock()
    {
        List<BudgetRequest>? granted = null;
        for (var line = Priorities - 1; line >= 0; line--)
        {
            while (_lines[line].First is { } first)
            {
                if (!TryTake_NeedsLock(first.Value.Bytes, first.Value.Priority))
                {
                    // A less urgent request must not take what a more urgent request waits for.
                    return granted;
                }

                _lines[line].Remove(first);
                first.Value.IsGranted = true;
                (granted ??= []).Add(first.Value);
            }
        }

        return granted;
    }

    private bool TryTake_NeedsLock(long bytes, BudgetPriority priority)
    {
        // No sum: it could be more than a number can hold. The difference cannot, because neither side of it is negative.
        if (bytes > CeilingBytes(priority) - _usedBytes)
        {
            return false;
        }

        SetUsed_NeedsLock(checked(_usedBytes + bytes));
        return true;
    }

    /// <summary>Writes what others read without the lock.</summary>
    private void SetUsed_NeedsLock(long bytes) => Interlocked.Exchange(ref _usedBytes, bytes);

    private long CeilingBytes(BudgetPriority priority) => priority switch
    {
        BudgetPriority.ReadAhead => LimitBytes - (LimitBytes / 4),
        BudgetPriority.Stream => LimitBytes - (LimitBytes / 8),
        _ => LimitBytes,
    };

    private static void Announce(List<BudgetRequest>? granted)
    {
        if (granted is null)
        {
            return;
        }

        foreach (var request in granted)
        {
            request.Granted();
        }
    }
}
