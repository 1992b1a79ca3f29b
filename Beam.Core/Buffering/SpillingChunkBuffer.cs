namespace Beam.Buffering;

/// <summary>
/// A buffer that goes on in a file while nobody reads: the oldest bytes lie on the disk, the newest in memory. A reader that keeps up is
/// served from memory alone.
/// </summary>
/// <remarks>The members, and what they promise, are those of <see cref="IChunkBuffer"/>.</remarks>
internal sealed class SpillingChunkBuffer(MemoryChunkBuffer memory, ChunkPool pool, SpillFile file) : IChunkBuffer
{
    // One write system call for that many bytes costs little more than the copy itself.
    private const int WriteBytes = 256 * 1024;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HeldRange Held
    {
        get
        {
            lock (memory.Lock)
            {
                lock (file.Lock)
                {
                    return Held_NeedsLocks;
                }
            }
        }
    }

    /// <summary>Gets how many bytes the writer could append now without waiting for a reader or the disk.</summary>
    internal int RoomBytes => memory.RoomBytes;

    private HeldRange Held_NeedsLocks
    {
        get
        {
            var inMemory = memory.Held;
            var onDisk = file.Held;
            return onDisk.To > onDisk.From && onDisk.To >= inMemory.From ? new HeldRange(onDisk.From, inMemory.To) : inMemory;
        }
    }

    public bool IsAttended
    {
        get => memory.IsAttended;
        set
        {
            memory.IsAttended = value;
            if (value)
            {
                file.WithdrawRequest();
            }
        }
    }

    public ValueTask<AppendStatus> AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        var taken = memory.TryAppend(bytes.Span, out var obstacle);
        return obstacle switch
        {
            AppendObstacle.None => ValueTask.FromResult(AppendStatus.Appended),
            AppendObstacle.Closed => ValueTask.FromResult(AppendStatus.Closed),
            _ => AppendRestAsync(bytes[taken..], cancellationToken),
        };
    }

    public ValueTask<ChunkRead> ReadAsync(long offset, CancellationToken cancellationToken = default)
    {
        if (file.Find(offset, out _) is not null)
        {
            return ReadFromEitherAsync(offset, cancellationToken);
        }

        // A reader that waits in memory waits at the end, which is never on the disk alone.
        var inMemory = memory.ReadAsync(offset, cancellationToken);
        if (!inMemory.IsCompletedSuccessfully)
        {
            return inMemory;
        }

        var read = inMemory.Result;
        return read.Status == ChunkReadStatus.NotHeld ? ReadFromEitherAsync(offset, cancellationToken) : ValueTask.FromResult(read);
    }

    public void Release(long offset)
    {
        file.Release(offset);
        memory.Release(offset);
    }

    public bool TryRewind(long offset)
    {
        // Both places are looked at and changed in one decision: meanwhile bytes move to the disk, or go from either.
        lock (memory.Lock)
        {
            lock (file.Lock)
            {
                return TryRewind_NeedsLocks(offset);
            }
        }
    }

    public void Complete()
    {
        memory.Complete();
        file.Complete();
    }

    public void Fail()
    {
        // First of all: the memory that is given back may be just what a reader waits for.
        _ended.TrySetResult();
        memory.Fail();
        file.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Fail();
        return ValueTask.CompletedTask;
    }

    private bool TryRewind_NeedsLocks(long offset)
    {
        // What is on the disk counts only while nothing is missing between it and memory.
        var isHeld = memory.TryRewind(offset)
            || (offset >= Held_NeedsLocks.From && file.Find(offset, out _) is not null && memory.TryRewindToElsewhere());
        if (isHeld)
        {
            // Also for a reader that goes back within memory: what it needs may be moved to the disk before it has come that far.
            file.Rewind(offset);
        }

        return isHeld;
    }

    private async ValueTask<AppendStatus> AppendRestAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var registration = memory.WakeWhen(cancellationToken);
        await using (registration.ConfigureAwait(false))
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                try
                {
                    if (memory.IsAttended || !await TrySpillAsync().ConfigureAwait(false))
                    {
                        await memory.WaitForChangeAsync().ConfigureAwait(false);
                    }
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    return AppendStatus.NoRoom;
                }
                catch (ObjectDisposedException)
                {
                    return AppendStatus.Closed;
                }

                bytes = bytes[memory.TryAppend(bytes.Span, out var obstacle)..];
                if (obstacle is AppendObstacle.None or AppendObstacle.Closed)
                {
                    return obstacle == AppendObstacle.None ? AppendStatus.Appended : AppendStatus.Closed;
                }
            }
        }

        return AppendStatus.Interrupted;
    }

    /// <summary>Moves the oldest bytes from memory to the disk.</summary>
    /// <returns><see langword="false"/> when there is nothing to move or no disk budget to move it to.</returns>
    private async ValueTask<bool> TrySpillAsync()
    {
        var oldest = memory.LeaseOldest(WriteBytes);
        try
        {
            if (oldest.Count == 0 || file.TryOpen(oldest[0].Offset, memory.Wake) is not { } segment)
            {
                return false;
            }

            var bytes = new List<ReadOnlyMemory<byte>>(oldest.Count);
            var total = 0L;
            foreach (var chunk in oldest.TakeWhile(chunk => total + chunk.Length <= segment.RoomBytes))
            {
                bytes.Add(chunk.From(chunk.Offset));
                total += chunk.Length;
            }

            if (total == 0)
            {
                bytes.Add(oldest[0].From(oldest[0].Offset)[..(int)segment.RoomBytes]);
                total = segment.RoomBytes;
            }

            await segment.WriteAsync(bytes).ConfigureAwait(false);
            file.Commit(segment, total);
            memory.Discard(oldest[0].Offset + total);
            return true;
        }
        finally
        {
            oldest.ForEach(static chunk => chunk.Dispose());
        }
    }

    private async ValueTask<ChunkRead> ReadFromEitherAsync(long offset, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (file.Find(offset, out var availableBytes) is { } segment)
            {
                if (await ReadFromDiskAsync(segment, offset, availableBytes, cancellationToken).ConfigureAwait(false) is { } read)
                {
                    return read;
                }
            }

            var inMemory = await memory.ReadAsync(offset, cancellationToken).ConfigureAwait(false);
            if (inMemory.Status != ChunkReadStatus.NotHeld || file.Find(offset, out _) is null)
            {
                return inMemory;
            }
        }
    }

    private async ValueTask<ChunkRead?> ReadFromDiskAsync(
        SpillSegment segment,
        long offset,
        long availableBytes,
        CancellationToken cancellationToken)
    {
        if (await pool.RentForReadingAsync(_ended.Task, cancellationToken).ConfigureAwait(false) is not { } chunk)
        {
            return ChunkRead.None(_ended.Task.IsCompleted ? ChunkReadStatus.Failed : ChunkReadStatus.Interrupted);
        }

        var isLeased = false;
        try
        {
            if (_ended.Task.IsCompleted)
            {
                return ChunkRead.None(ChunkReadStatus.Failed);
            }

            var count = (int)Math.Min(chunk.Capacity, availableBytes);
            var got = await segment.ReadAsync(chunk.Whole[..count], offset).ConfigureAwait(false);
            if (got > 0)
            {
                isLeased = true;
                return ChunkRead.Bytes(chunk.Whole[..got], chunk);
            }

            // Somebody has cut the file: the bytes are lost.
            Fail();
        }
        catch (ObjectDisposedException)
        {
            // The transfer has ended, or the segment was given up; the log in memory knows which.
        }
        catch (IOException)
        {
            Fail();
        }
        finally
        {
            if (!isLeased)
            {
                chunk.Dispose();
            }
        }

        return null;
    }
}
