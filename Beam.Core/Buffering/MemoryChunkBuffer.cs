namespace Beam.Buffering;

/// <summary>
/// A buffer in memory: a run of pooled chunks that starts with one small chunk and grows up to its window only while the readers lag behind.
/// </summary>
/// <remarks>The members are those of <see cref="IChunkBuffer"/>, as is what they promise.</remarks>
internal sealed class MemoryChunkBuffer : IChunkBuffer
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

    public ValueTask<AppendStatus> AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        var taken = TryAppend(bytes.Span, out var obstacle);
        return obstacle switch
        {
            AppendObstacle.None => ValueTask.FromResult(AppendStatus.Appended),
            AppendObstacle.Closed => ValueTask.FromResult(AppendStatus.Closed),
            _ when _limits.HoldsAll => ValueTask.FromResult(AppendStatus.NoRoom),
            _ => AppendRestAsync(bytes[taken..], cancellationToken),
        };
    }

    public ValueTask<ChunkRead> ReadAsync(long offset, CancellationToken cancellationToken = default)
    {
        ReadWaiter? waiter;
        ValueTask<ChunkRead> pending;
        lock (_lock)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, _to);
            if (TryRead_NeedsLock(offset, out var read))
            {
                return ValueTask.FromResult(read);
            }

            if (!_idleWaiters.TryPop(out waiter))
            {
                waiter = new ReadWaiter(this);
            }

            waiter.Next = _waiters;
            _waiters = waiter;
            pending = waiter.Begin(offset);
        }

        // Outside the lock, for it may interrupt at once. The waiter stays ours: nobody can take its answer before we return.
        waiter.InterruptWhen(cancellationToken);
        return pending;
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

    /// <summary>Takes as many bytes as there is room for now.</summary>
    /// <returns>How many bytes were taken: all of them unless there is an obstacle.</returns>
    internal int TryAppend(ReadOnlySpan<byte> bytes, out AppendObstacle obstacle)
    {
        var taken = 0;
        while (true)
        {
            Chunk? tail;
            int room;
            lock (_lock)
            {
                if (_isFailed)
                {
                    obstacle = AppendObstacle.Closed;
                    return taken;
                }

                if (_isCompleted)
                {
                    throw new InvalidOperationException("The buffer was completed; nothing can be appended.");
                }

                if (taken == bytes.Length)
                {
                    obstacle = AppendObstacle.None;
                    return taken;
                }

                room = RoomBytes_NeedsLock();
                if (room == 0)
                {
                    _isWriterWaiting = true;
                    obstacle = AppendObstacle.WindowFull;
                    return taken;
                }

                tail = _chunks.Count > 0 && !_chunks[^1].IsFull ? _chunks[^1] : null;

                // The copy is made outside the lock; the reference keeps the chunk ours if the buffer fails meanwhile.
                tail?.AddReference();
            }

            if (tail is null)
            {
                if (!TryGrow(Math.Min(bytes.Length - taken, room)))
                {
                    obstacle = AppendObstacle.BudgetExhausted;
                    return taken;
                }

                continue;
            }

            var count = Math.Min(Math.Min(bytes.Length - taken, tail.Free.Length), room);
            bytes.Slice(taken, count).CopyTo(tail.Free);
            taken += count;
            Publish(tail, count);
            tail.Dispose();
        }
    }

    /// <summary>Waits until an append may find more room than the last one did.</summary>
    internal ValueTask WaitForChangeAsync() => _changed.WaitAsync();

    /// <summary>Ends the wait for a change.</summary>
    internal void Wake() => _changed.Set();

    /// <summary>Ends the wait for a change when <paramref name="cancellationToken"/> is cancelled.</summary>
    internal CancellationTokenRegistration WakeWhen(CancellationToken cancellationToken)
        => cancellationToken.UnsafeRegister(static buffer => ((MemoryChunkBuffer)buffer!).Wake(), this);

    /// <summary>Leases the oldest bytes so that they can be moved elsewhere; they stay here until <see cref="Discard"/>.</summary>
    /// <returns>Chunks in order, at most <paramref name="maxBytes"/> in all unless the first one alone is larger; each is disposed by the caller.</returns>
    internal List<Chunk> LeaseOldest(int maxBytes)
    {
        var leased = new List<Chunk>();
        lock (_lock)
        {
            var total = 0;
            foreach (var chunk in _chunks)
            {
                if (chunk.Length == 0 || (total > 0 && total + chunk.Length > maxBytes))
                {
                    break;
                }

                chunk.AddReference();
                leased.Add(chunk);
                total += chunk.Length;
            }
        }

        return leased;
    }

    /// <summary>Drops the bytes below <paramref name="offset"/>, which are kept elsewhere from now on.</summary>
    internal void Discard(long offset)
    {
        lock (_lock)
        {
            _discarded = Math.Max(_discarded, offset);
            _released = Math.Max(_released, offset);
            DropBelow_NeedsLock(offset, includingOpenTail: true);
        }
    }

    /// <summary>A reader that went back to bytes which are kept elsewhere needs everything from here on.</summary>
    internal void Rewind()
    {
        lock (_lock)
        {
            _read = Math.Min(_read, _from);
            _released = Math.Min(_released, _from);
        }
    }

    /// <summary>Answers a reader that waits no longer; does nothing when it has been answered.</summary>
    internal void Interrupt(ReadWaiter interrupted)
    {
        lock (_lock)
        {
            if (!TryRemove_NeedsLock(interrupted))
            {
                return;
            }
        }

        interrupted.Answer = ChunkRead.None(ChunkReadStatus.Interrupted);
        interrupted.Complete();
    }

    internal void Recycle(ReadWaiter waiter)
    {
        lock (_lock)
        {
            _idleWaiters.Push(waiter);
        }
    }

    private async ValueTask<AppendStatus> AppendRestAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var registration = WakeWhen(cancellationToken);
        await using (registration.ConfigureAwait(false))
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await _changed.WaitAsync().ConfigureAwait(false);
                bytes = bytes[TryAppend(bytes.Span, out var obstacle)..];
                if (obstacle is AppendObstacle.None or AppendObstacle.Closed)
                {
                    return obstacle == AppendObstacle.None ? AppendStatus.Appended : AppendStatus.Closed;
                }
            }
        }

        return AppendStatus.Interrupted;
    }

    private void Publish(Chunk tail, int count)
    {
        ReadWaiter? answered;
        lock (_lock)
        {
            if (_isFailed)
            {
                return;
            }

            tail.Length += count;
            _to += count;
            answered = TakeAnswerable_NeedsLock();
        }

        Answer(answered);
    }

    /// <summary>Adds an empty chunk to the end, or asks the budget for one.</summary>
    private bool TryGrow(int waitingBytes)
    {
        BudgetRequest? request;
        int capacity;
        BudgetPriority priority;
        lock (_lock)
        {
            request = _budgetRequest;
            capacity = request is null ? ChunkPool.NextCapacity(_lastCapacity, waitingBytes) : _nextCapacity;
            priority = Priority_NeedsLock();
        }

        // The budget is asked outside our lock: it may call back into this buffer or another one.
        if (request is null && _pool.TryRent(capacity, priority) is { } rented)
        {
            Add(rented);
            return true;
        }

        if (request is { IsGranted: true })
        {
            lock (_lock)
            {
                if (_budgetRequest is null)
                {
                    return true;
                }

                _budgetRequest = null;
            }

            Add(_pool.Take(capacity));
            return true;
        }

        if (request is null)
        {
            lock (_lock)
            {
                // Rewind bytes are given up before anybody waits: the room that is missing may be our own.
                DropBelow_NeedsLock(_released, includingOpenTail: true);
                priority = Priority_NeedsLock();
            }

            _nextCapacity = capacity;
            request = _pool.Budget.Request(capacity, priority, _budgetGranted);
            bool isClosed;
            lock (_lock)
            {
                isClosed = _isFailed;
                _budgetRequest = isClosed ? null : request;

                // Somebody may have begun to read while the request was being made.
                priority = Priority_NeedsLock();
            }

            if (isClosed && request.Withdraw())
            {
                _pool.Budget.Return(request.Bytes);
            }
        }

        request.Promote(priority);
        return false;
    }

    private void Add(Chunk chunk)
    {
        lock (_lock)
        {
            if (!_isFailed)
            {
                chunk.PlaceAt(_to);
                _lastCapacity = chunk.Capacity;
                _chunks.Add(chunk);
                return;
            }
        }

        chunk.Dispose();
    }

    private int RoomBytes_NeedsLock() => (int)Math.Clamp(LimitBytes_NeedsLock() - UnreadBytes_NeedsLock(), 0, int.MaxValue);

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

    private bool TryRead_NeedsLock(long offset, out ChunkRead read)
    {
        if (_isFailed)
        {
            read = ChunkRead.None(ChunkReadStatus.Failed);
            return true;
        }

        if (offset < _from)
        {
            read = ChunkRead.None(ChunkReadStatus.NotHeld);
            return true;
        }

        if (offset == _to)
        {
            read = _isCompleted ? ChunkRead.None(ChunkReadStatus.End) : default;
            return _isCompleted;
        }

        // Readers are mostly near the end: that is where a stream that keeps up reads.
        var index = _chunks.Count - 1;
        while (_chunks[index].Offset > offset)
        {
            index--;
        }

        _chunks[index].AddReference();
        read = ChunkRead.Bytes(_chunks[index].From(offset), _chunks[index]);
        return true;
    }

    private ReadWaiter? TakeAnswerable_NeedsLock()
    {
        ReadWaiter? answered = null;
        ReadWaiter? waiting = null;
        for (var waiter = _waiters; waiter is not null;)
        {
            var next = waiter.Next;
            if (TryRead_NeedsLock(waiter.Offset, out var read))
            {
                waiter.Answer = read;
                waiter.Next = answered;
                answered = waiter;
            }
            else
            {
                waiter.Next = waiting;
                waiting = waiter;
            }

            waiter = next;
        }

        _waiters = waiting;
        return answered;
    }

    private bool TryRemove_NeedsLock(ReadWaiter waiter)
    {
        ReadWaiter? before = null;
        for (var waiting = _waiters; waiting is not null; before = waiting, waiting = waiting.Next)
        {
            if (ReferenceEquals(waiting, waiter))
            {
                if (before is null)
                {
                    _waiters = waiter.Next;
                }
                else
                {
                    before.Next = waiter.Next;
                }

                waiter.Next = null;
                return true;
            }
        }

        return false;
    }

    private static void Answer(ReadWaiter? answered)
    {
        while (answered is not null)
        {
            // The waiter may be in use again as soon as it is completed.
            var next = answered.Next;
            answered.Next = null;
            answered.Complete();
            answered = next;
        }
    }

    private long UnreadBytes_NeedsLock() => _to - Math.Max(_released, _from);

    private long LimitBytes_NeedsLock() => _isAttended ? _limits.WindowBytes : _limits.ReadAheadBytes;

    /// <summary>Says how urgent more memory is: a reader that is still busy with bytes here or on the disk needs none in order to move.</summary>
    private BudgetPriority Priority_NeedsLock()
        => !_isAttended ? BudgetPriority.ReadAhead : _chunks.Count > 0 || _read < _discarded ? BudgetPriority.Stream : BudgetPriority.Essential;
}
