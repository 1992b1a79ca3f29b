namespace Beam.Buffering;

/// <content>The writer: how bytes come in, and where the room for them comes from.</content>
internal sealed partial class MemoryChunkBuffer
{
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

        if (_limits.HoldsAll)
        {
            return TryGrowAtOnce(capacity, priority);
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
                // Give up rewind bytes before anybody waits: the room that is missing may be our own.
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

    /// <summary>Adds an empty chunk for a hand-in, which waits for no room: its sender hears that there is none.</summary>
    private bool TryGrowAtOnce(int capacity, BudgetPriority priority)
    {
        if (_charge?.TryTake(capacity) == false)
        {
            return false;
        }

        if (_pool.TryRent(capacity, priority) is not { } rented)
        {
            _charge?.Return(capacity);
            return false;
        }

        Add(rented);
        return true;
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

    private long UnreadBytes_NeedsLock() => _to - Math.Max(_released, _from);

    private long LimitBytes_NeedsLock() => _isAttended ? _limits.WindowBytes : _limits.ReadAheadBytes;

    /// <summary>
    /// Says how urgent more memory is: a reader that is still busy with bytes here or on the disk needs none in order to move.
    /// </summary>
    private BudgetPriority Priority_NeedsLock()
        => !_isAttended
            ? BudgetPriority.ReadAhead
            : _chunks.Count > 0 || _read < _discarded ? BudgetPriority.Stream : BudgetPriority.Essential;
}
