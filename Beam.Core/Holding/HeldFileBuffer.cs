using Beam.Buffering;
using Beam.Transfers;

namespace Beam.Holding;

/// <summary>A buffer for a file that its sender hands in: a file on the disk that holds everything until the transfer has ended.</summary>
/// <remarks>The members, and what they promise, are those of <see cref="IChunkBuffer"/>.</remarks>
internal sealed class HeldFileBuffer : IChunkBuffer
{
    // The budget is asked for as much again as the file has, so that a large file asks seldom and a small file leases little.
    private const long SmallestStepBytes = 64 * 1024;
    private const long LargestStepBytes = 16 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Lock _entryLock = new();
    private readonly HeldFile _file;
    private readonly HeldBytesReader _reader;
    private readonly DiskLease _lease;
    private readonly long _mostBytes;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _changed;
    private long _to;
    private bool _isCompleted;
    private bool _isFailed;
    private bool _outlivesUs;
    private HeldChannelFile? _channelFile;

    public HeldFileBuffer(HeldFile file, ChunkPool pool, DiskLease lease, long? length)
    {
        _file = file;
        _reader = new HeldBytesReader(file.Bytes, pool, _ended.Task);
        _lease = lease;
        _mostBytes = length is { } declared ? DiskLease.RoundUp(declared) : long.MaxValue;
    }

    private HeldFileBuffer(HeldFile file, ChunkPool pool, DiskLease lease, HeldEntry entry)
        : this(file, pool, lease, entry.Length)
    {
        _to = entry.Length;
        _isCompleted = true;
    }

    /// <summary>Gets what is written beside the bytes, if anything is.</summary>
    public HeldEntry? Entry => _file.Entry;

    /// <summary>Gets the name of the file of the bytes, for logs.</summary>
    public string FileName => _file.Name + HeldDirectory.BytesExtension;

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

    public bool IsAttended
    {
        get;
        set
        {
            field = value;
            _file.Bytes.Attend(value);
        }
    }

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

    /// <summary>Opens what a former process has accepted.</summary>
    /// <returns><see langword="null"/> when the relay has not accepted it, or when it is damaged or gone.</returns>
    /// <exception cref="IOException">The disk or the system refuses it now, which says nothing of the file.</exception>
    /// <exception cref="UnauthorizedAccessException">The system refuses it.</exception>
    public static HeldFileBuffer? TryOpen(HeldDirectory directory, string name, ChunkPool pool, BufferBudget disk)
    {
        if (HeldFile.TryOpen(directory, name, disk) is not { Entry: { } entry } file)
        {
            return null;
        }

        // A sender was told that the relay holds it. A budget that has become smaller does not count the file, and does not break the word.
        var lease = new DiskLease(disk);
        _ = lease.TryReach(DiskLease.RoundUp(entry.Length));
        return new HeldFileBuffer(file, pool, lease, entry);
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
            return IsFailed ? AppendStatus.Closed : AppendStatus.NoRoom;
        }

        try
        {
            await _file.Bytes.WriteAsync(bytes, _to).ConfigureAwait(false);
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
        // Everything is held to the end, except a descriptor that nobody needs at the moment.
        _file.Bytes.GiveWay();
    }

    public bool TryRewind(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        lock (_lock)
        {
            return !_isFailed && offset <= _to;
        }
    }

    public void Complete()
    {
        var bytes = 0L;
        Change(() =>
        {
            _isCompleted = true;
            bytes = _to;
        });
        _lease.Trim(DiskLease.RoundUp(bytes));
    }

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

        // Another thread may be writing the entry. It finds out that this is the end, or is done before.
        lock (_entryLock)
        {
            if (_outlivesUs)
            {
                _file.Close();
            }
            else
            {
                _file.Delete();
            }
        }

        // After the file: without its channel it would be of no use.
        _channelFile?.Leave(_outlivesUs);
        _lease.End();
        _ended.TrySetResult();
        Change(static () => { });
    }

    public ValueTask DisposeAsync()
    {
        Fail();
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes what is to be written of the channel beside its first file.</summary>
    public HeldChannelFile CreateChannelFile() => _file.CreateChannelFile();

    /// <summary>Counts an accepted file of a former process to its channel.</summary>
    public void Join(HeldChannelFile channelFile)
    {
        channelFile.Enter();
        _channelFile = channelFile;
    }

    /// <summary>
    /// Makes an accepted file of the bytes; when this ends, they, their entry, and what the relay knows of the channel have reached the
    /// disk. A sender that never heard of it may have this done again.
    /// </summary>
    /// <param name="channel">The channel.</param>
    /// <param name="channelFile">What is written of it. The caller has entered this file there.</param>
    /// <param name="describe">Describes the entry, or returns <see langword="null"/> when there is nothing to accept any more.</param>
    /// <returns>The entry; <see langword="null"/> when there is none, or the transfer has ended.</returns>
    /// <exception cref="IOException">The disk is full or refuses the bytes.</exception>
    /// <exception cref="UnauthorizedAccessException">The disk refuses the bytes.</exception>
    public Task<HeldEntry?> AcceptAsync(BeamChannel channel, HeldChannelFile channelFile, Func<HeldEntry?> describe)
        => Task.Run(() => FlushAndAcceptAsync(channel, channelFile, describe));

    /// <summary>The file was accepted: it is closed until somebody reads.</summary>
    public void Rest() => _file.Bytes.EndWriting();

    /// <summary>Leaves the file to the next process when this one lets go of it.</summary>
    public void OutliveProcess() => _outlivesUs = Entry is not null;

    private async Task<HeldEntry?> FlushAndAcceptAsync(BeamChannel channel, HeldChannelFile channelFile, Func<HeldEntry?> describe)
    {
        var hasJoined = false;
        try
        {
            // 1. The bytes.
            if (!_file.TryFlush())
            {
                return null;
            }

            // 2. The tokens: a crash must not leave an accepted file that nobody can get. What changes of them from here on is written by
            //    those that change them.
            await channelFile.SaveAsync(channel).ConfigureAwait(false);

            // 3. The entry.
            HeldEntry? accepted = null;
            await _file.WriteNoteAsync(() =>
            {
                lock (_entryLock)
                {
                    accepted = IsFailed ? null : describe();
                    if (accepted is not null)
                    {
                        _file.Keep(accepted);
                        hasJoined = _channelFile is null;
                        _channelFile = channelFile;
                    }
                }
            }).ConfigureAwait(false);
            return accepted;
        }
        finally
        {
            if (!hasJoined)
            {
                channelFile.Leave(outlivesUs: false);
            }
        }
    }

    private bool TryLease(long neededBytes)
    {
        var ahead = neededBytes + Math.Clamp(neededBytes, SmallestStepBytes, LargestStepBytes);
        return _lease.Bytes >= neededBytes
            || _lease.TryReach(DiskLease.RoundUp(Math.Max(neededBytes, Math.Min(ahead, _mostBytes))))
            || _lease.TryReach(DiskLease.RoundUp(neededBytes));
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
        var read = await _reader.ReadAsync(offset, availableBytes, cancellationToken).ConfigureAwait(false);
        if (read.Status == ChunkReadStatus.Failed)
        {
            Fail();
        }

        return read;
    }
}
