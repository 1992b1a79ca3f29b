namespace Beam.Buffering;

/// <content>The readers, and those of them that wait for bytes to come.</content>
internal sealed partial class MemoryChunkBuffer
{
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
}
