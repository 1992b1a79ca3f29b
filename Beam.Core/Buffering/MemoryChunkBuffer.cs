using Beam.Accounts;

namespace Beam.Buffering;

/// <summary>
/// A buffer in memory: a run of pooled chunks. It starts with one small chunk and grows up to its window only while the readers lag behind.
/// </summary>
/// <remarks>The members, and what they promise, are those of <see cref="IChunkBuffer"/>.</remarks>
internal sealed partial class MemoryChunkBuffer : IChunkBuffer
{
    // Guards everything below. Nothing is called under it that could wait.
    private readonly Lock _lock = new();

    // Where chunks come from, and go back to.
    private readonly ChunkPool _pool;

    // How much may be held: the window, what is read ahead, what is kept for a reader that goes back.
    private readonly MemoryChunkBufferLimits _limits;

    // What is charged for its chunks, if they are for a hand-in. They are given back with it, so not here.
    private readonly HoldingCharge? _charge;

    // The bytes from _from to _to, in order. The last chunk may have room left.
    private readonly List<Chunk> _chunks = [];

    // Waiters that were used before, so that a wait for bytes allocates nothing.
    private readonly Stack<ReadWaiter> _idleWaiters = new();

    // Wakes the writer, of which there is one: for room, for the budget, for the end.
    private readonly AsyncSignal _changed = new();

    // Made once, because every request to the budget takes it.
    private readonly Action _budgetGranted;

    // The readers that wait for bytes, as a list.
    private ReadWaiter? _waiters;

    // The place in the budget's line of a writer that waits for memory.
    private BudgetRequest? _budgetRequest;

    // The size of the chunk that the writer waits for.
    private int _nextCapacity;

    // The size of the chunk that came last: chunks grow while the readers lag behind.
    private int _lastCapacity;

    // From which offset bytes are held, and up to which.
    private long _from;
    private long _to;

    // Below here nothing has to be held: the readers have it, or the disk.
    private long _released;

    // Below here the readers have everything.
    private long _read;

    // Below here the bytes were moved elsewhere.
    private long _discarded;

    // Whether somebody reads, which decides how much the writer may hold.
    private bool _isAttended;

    // Whether the writer waits for the readers: half a window is worth a wake-up, a byte is not.
    private bool _isWriterWaiting;

    // Whether the log has ended well, or badly.
    private bool _isCompleted;
    private bool _isFailed;

    public MemoryChunkBuffer(ChunkPool pool, MemoryChunkBufferLimits limits, HoldingCharge? charge = null)
    {
        _pool = pool;
        _limits = limits;
        _charge = charge;
        _budgetGranted = _changed.Set;
    }

    public HeldRange Held
    {
        get
        {
            lock (_lock)
            {
                return new HeldRange(_from, _to);
            }
        }
    }

    /// <summary>Gets the lock, for a decision that is also about bytes elsewhere.</summary>
    internal Lock Lock => _lock;

    /// <summary>Gets how many bytes the writer could append now without waiting for a reader.</summary>
    internal int RoomBytes
    {
        get
        {
            lock (_lock)
            {
                return RoomBytes_NeedsLock();
            }
        }
    }

    public bool IsAttended
    {
        get => Volatile.Read(ref _isAttended);
        set
        {
            BudgetRequest? request;
            BudgetPriority priority;
            lock (_lock)
            {
                _isAttended = value;
                request = _budgetRequest;
                priority = Priority_NeedsLock();
            }

            request?.Promote(priority);
            _changed.Set();
        }
    }

    public void Release(long offset)
    {
        BudgetRequest? request;
        BudgetPriority priority;
        bool wakesWriter;
        lock (_lock)
        {
            var isShort = _budgetRequest is not null || _pool.Budget.IsShort;
            if ((offset <= _read && !isShort) || _limits.HoldsAll)
            {
                return;
            }

            _read = Math.Max(_read, offset);
            _released = Math.Max(_released, offset);
            var rewindBytes = isShort ? 0 : _limits.RewindBytes;
            DropBelow_NeedsLock(_released - rewindBytes, includingOpenTail: false);

            // Waking the writer for every chunk would make the two take turns; half a window is worth a wake-up.
            wakesWriter = _isWriterWaiting && UnreadBytes_NeedsLock() <= LimitBytes_NeedsLock() / 2;
            _isWriterWaiting &= !wakesWriter;
            request = _budgetRequest;
            priority = Priority_NeedsLock();
        }

        request?.Promote(priority);
        if (wakesWriter)
        {
            _changed.Set();
        }
    }

    public bool TryRewind(long offset)
    {
        lock (_lock)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            if (_isFailed || offset < _from || offset > _to)
            {
                return false;
            }

            _read = Math.Min(_read, offset);
            _released = Math.Min(_released, offset);
            return true;
        }
    }

    public void Complete()
    {
        ReadWaiter? answered;
        lock (_lock)
        {
            if (_isFailed)
            {
                return;
            }

            _isCompleted = true;
            answered = TakeAnswerable_NeedsLock();
        }

        Answer(answered);
    }

    public void Fail()
    {
        ReadWaiter? answered;
        BudgetRequest? request;
        lock (_lock)
        {
            if (_isFailed)
            {
                return;
            }

            _isFailed = true;
            request = _budgetRequest;
            _budgetRequest = null;
            DropBelow_NeedsLock(long.MaxValue, includingOpenTail: true);
            answered = TakeAnswerable_NeedsLock();
        }

        if (request is not null && request.Withdraw())
        {
            _pool.Budget.Return(request.Bytes);
        }

        _changed.Set();
        Answer(answered);
    }

    public ValueTask DisposeAsync()
    {
        Fail();
        return ValueTask.CompletedTask;
    }

    private void DropBelow_NeedsLock(long offset, bool includingOpenTail)
    {
        var count = 0;
        while (count < _chunks.Count && _chunks[count].End <= offset && (includingOpenTail || _chunks[count].IsFull))
        {
            _chunks[count].Dispose();
            count++;
        }

        _chunks.RemoveRange(0, count);
        _from = _chunks.Count > 0 ? _chunks[0].Offset : _to;
    }
}
