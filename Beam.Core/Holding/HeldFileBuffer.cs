using Beam.Buffering;
using Microsoft.Win32.SafeHandles;

namespace Beam.Holding;

/// <summary>A buffer for a file that its sender hands in: a file on the disk that holds everything until the transfer has ended.</summary>
/// <remarks>The members, and what they promise, are those of <see cref="IChunkBuffer"/>.</remarks>
internal sealed class HeldFileBuffer : IChunkBuffer
{
    // Where the length is not known, the budget is asked for this much at a time.
    private const long LeaseBytes = 16 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Lock _entryLock = new();
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly LaterEntry _laterEntry;
    private readonly ChunkPool _pool;
    private readonly BufferBudget _disk;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _changed;
    private long _leasedBytes;
    private long _to;
    private bool _isCompleted;
    private bool _isFailed;
    private bool _outlivesUs;

    public HeldFileBuffer(SafeFileHandle file, string path, ChunkPool pool, BufferBudget disk, long leasedBytes)
    {
        _file = file;
        _path = path;
        _laterEntry = new LaterEntry(path);
        _pool = pool;
        _disk = disk;
        _leasedBytes = leasedBytes;
    }

    public HeldFileBuffer(SafeFileHandle file, string path, ChunkPool pool, BufferBudget disk, HeldEntry entry)
        : this(file, path, pool, disk, entry.Length)
    {
        Entry = entry;
        _to = entry.Length;
        _isCompleted = true;
    }

    /// <summary>Gets what is written behind the bytes, if anything is.</summary>
    public HeldEntry? Entry { get; private set; }

    public HeldRange Held
    {
        get
        {
            lock (_lock)
            {
                return new HeldRange(0, _to);
            }
        }
    }

    public bool IsAttended { get; set; }

    private bool IsFailed
    {
        get
        {
            lock (_lock)
            {
                return _isFailed;
            }
        }
    }

    public async ValueTask<AppendStatus> AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_isFailed)
            {
                return AppendStatus.Closed;
            }

            if (_isCompleted)
            {
                throw new InvalidOperationException("The buffer was completed; nothing can be appended.");
            }
        }

        if (!TryLease(_to + bytes.Length))
        {
            return AppendStatus.NoRoom;
        }

        try
        {
            await RandomAccess.WriteAsync(_file, bytes, _to, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            return AppendStatus.Closed;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            // Out of range is what .NET makes of EFBIG.
            return AppendStatus.NoRoom;
        }

        Change(() => _to += bytes.Length);
        return AppendStatus.Appended;
    }

    public async ValueTask<ChunkRead> ReadAsync(long offset, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task changed;
            long availableBytes;
            lock (_lock)
            {
                if (_isFailed)
                {
                    return ChunkRead.None(ChunkReadStatus.Failed);
                }

                ArgumentOutOfRangeException.ThrowIfNegative(offset);
                ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, _to);
                availableBytes = _to - offset;
                if (availableBytes == 0 && _isCompleted)
                {
                    return ChunkRead.None(ChunkReadStatus.End);
                }

                _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _changed.Task;
            }

            if (availableBytes > 0)
            {
                return await ReadFromDiskAsync(offset, availableBytes, cancellationToken).ConfigureAwait(false);
            }

            try
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return ChunkRead.None(ChunkReadStatus.Interrupted);
            }
        }
    }

    public void Release(long offset)
    {
        // Everything is held to the end.
    }

    public bool TryRewind(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        lock (_lock)
        {
            return !_isFailed && offset <= _to;
        }
    }

    public void Complete() => Change(() => _isCompleted = true);

    public void Fail()
    {
        lock (_lock)
        {
            if (_isFailed)
            {
                return;
            }

            _isFailed = true;
        }

        // A file without a name, or without a trailer, is nothing to a later process.
        if (!_outlivesUs)
        {
            SpillDirectory.TryDelete(_path);
            lock (_entryLock)
            {
                _laterEntry.Delete();
            }
        }

        _file.Dispose();
        _disk.Return(_leasedBytes);
        _ended.TrySetResult();
        Change(static () => { });
    }

    public ValueTask DisposeAsync()
    {
        Fail();
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes <paramref name="entry"/> behind the bytes; when this returns they have reached the disk.</summary>
    /// <exception cref="IOException">The disk is full or refuses the bytes.</exception>
    /// <exception cref="ObjectDisposedException">The transfer has ended.</exception>
    public async Task PersistAsync(HeldEntry entry)
    {
        // A flush takes as long as the disk does.
        await Task.Run(() => HeldTrailer.Write(_file, entry)).ConfigureAwait(false);
        Entry = entry;
    }

    /// <summary>Writes down what has changed of the entry since, beside the file; when this returns it has reached the disk.</summary>
    /// <param name="describe">
    /// Describes the entry, or returns <see langword="null"/> when there is nothing to write. It runs while nobody else writes, so that the
    /// last to write knows the latest.
    /// </param>
    /// <exception cref="IOException">The disk is full or refuses the bytes.</exception>
    /// <exception cref="UnauthorizedAccessException">The disk refuses the bytes.</exception>
    public void PersistAgain(Func<HeldEntry?> describe)
    {
        lock (_entryLock)
        {
            if (!IsFailed && describe() is { } entry)
            {
                _laterEntry.Write(entry);
                Entry = entry;
            }
        }
    }

    /// <summary>Leaves the file to the next process when this one lets go of it.</summary>
    public void OutliveProcess() => _outlivesUs = Entry is not null;

    private bool TryLease(long neededBytes)
    {
        lock (_lock)
        {
            while (!_isFailed && _leasedBytes < neededBytes)
            {
                if (!_disk.TryLease(LeaseBytes, BudgetPriority.Essential))
                {
                    return false;
                }

                _leasedBytes += LeaseBytes;
            }

            return true;
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource? changed;
        lock (_lock)
        {
            change();
            changed = _changed;
            _changed = null;
        }

        changed?.TrySetResult();
    }

    private async ValueTask<ChunkRead> ReadFromDiskAsync(long offset, long availableBytes, CancellationToken cancellationToken)
    {
        if (await _pool.RentForReadingAsync(_ended.Task, cancellationToken).ConfigureAwait(false) is not { } chunk)
        {
            return ChunkRead.None(_ended.Task.IsCompleted ? ChunkReadStatus.Failed : ChunkReadStatus.Interrupted);
        }

        try
        {
            var wanted = chunk.Whole[..(int)Math.Min(chunk.Capacity, availableBytes)];
            if (await RandomAccess.ReadAsync(_file, wanted, offset, CancellationToken.None).ConfigureAwait(false) is > 0 and var count)
            {
                return ChunkRead.Bytes(wanted[..count], chunk);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The disk has lost it, or the transfer has ended.
        }

        chunk.Dispose();
        Fail();
        return ChunkRead.None(ChunkReadStatus.Failed);
    }
}
