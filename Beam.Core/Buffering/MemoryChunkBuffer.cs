namespace Beam.Buffering;

/// <summary>
/// A buffer in memory: a run of pooled chunks that starts with one small chunk and grows up to its window only while the readers lag behind.
/// </summary>
/// <remarks>The members are those of <see cref="IChunkBuffer"/>, as is what they promise.</remarks>
internal sealed partial class MemoryChunkBuffer : IChunkBuffer
{
    private readonly Lock _lock = new();
    private readonly ChunkPool _pool;
    private readonly MemoryChunkBufferLimits _limits;
    private readonly List<Chunk> _chunks = [];
    private readonly Stack<ReadWaiter> _idleWaiters = new();
    private readonly AsyncSignal _changed = new();
    private readonly Action _budgetGranted;

    private ReadWaiter? _waiters;
    private BudgetRequest? _budgetRequest;
    private int _nextCapacity;
    private int _lastCapacity;
    private long _from;
    private long _to;
    private long _released;
    private long _read;
    private long _discarded;
    private bool _isAttended;
    private bool _isWriterWaiting;
    private bool _isCompleted;
    private bool _isFailed;

    public MemoryChunkBuffer(ChunkPool pool, MemoryChunkBufferLimits limits)
    {
        _pool = pool;
        _limits = limits;
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
            if (offset <= _read || _limits.HoldsAll)
            {
                return;
            }

            _read = offset;
            _released = Math.Max(_released, offset);
            var rewindBytes = _budgetRequest is not null || _pool.Budget.IsUnderPressure ? 0 : _limits.RewindBytes;
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
