namespace Beam.Buffering;

/// <summary>
/// The spilled part of a transfer: consecutive segments, so that what was read can be given back to the disk piece by piece.
/// </summary>
internal sealed class SpillFile(SpillDirectory directory, SpillShare share, BufferBudget files, long? transferLength) : IDisposable
{
    private const long FirstSegmentBytes = 1024 * 1024;
    private const long SmallestSegmentBytes = 256 * 1024;

    // 64 MiB keeps a large file contiguous and its number of open files small, and is given back soon enough. It takes as many bytes before
    // it to get there: what a sender declares takes no room.
    private const long LargestSegmentBytes = 64 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly List<SpillSegment> _segments = [];
    private readonly BudgetPlace _bytesPlace = share.CreatePlace();

    // A sender that waits gives way to a receiver that needs a file of its own.
    private readonly BudgetPlace _filePlace = new(files, BudgetPriority.ReadAhead);
    private long _released;
    private bool _isDisposed;

    /// <summary>Gets the lock, for a decision that is also about bytes in memory. The memory's lock comes first.</summary>
    public Lock Lock => _lock;

    /// <summary>Gets the offsets that are on the disk; empty when there are none.</summary>
    public HeldRange Held
    {
        get
        {
            lock (_lock)
            {
                return _segments.Count == 0 ? default : new HeldRange(_segments[0].Offset, _segments[^1].End);
            }
        }
    }

    /// <summary>
    /// Finds or makes room for the bytes at <paramref name="offset"/>, which follow what is there, or what was read from memory since.
    /// </summary>
    /// <param name="offset">Where the bytes belong.</param>
    /// <param name="roomCame">Called when there may be room after there was none; must not throw or block.</param>
    /// <returns>
    /// A segment with room, or <see langword="null"/> when there is no room on the disk, as many files are open as may be, or the transfer
    /// has ended.
    /// </returns>
    /// <exception cref="IOException">The disk is full or refuses the file.</exception>
    public SpillSegment? TryOpen(long offset, Action roomCame)
    {
        long lastBytes;
        lock (_lock)
        {
            if (_isDisposed)
            {
                return null;
            }

            if (_segments.Count > 0 && _segments[^1].End < offset)
            {
                // Every reader has gone on from here through memory.
                DropSegments_NeedsLock();
            }

            if (_segments.Count > 0 && _segments[^1].RoomBytes > 0)
            {
                return _segments[^1];
            }

            lastBytes = _segments.Count == 0 ? FirstSegmentBytes / 2 : _segments[^1].CapacityBytes;
        }

        // The file first, and it goes back when there are no bytes: nobody waits for the one and keeps the other from others.
        if (!TryLeaseFile(roomCame))
        {
            return null;
        }

        if (TryLease(offset, lastBytes, roomCame) is not { } capacityBytes)
        {
            files.Return(1);
            return null;
        }

        SpillSegment segment;
        try
        {
            segment = SpillSegment.Create(directory, share, files, offset, capacityBytes);
        }
        catch
        {
            share.Return(capacityBytes);
            files.Return(1);
            throw;
        }

        lock (_lock)
        {
            if (!_isDisposed)
            {
                _segments.Add(segment);
                return segment;
            }
        }

        segment.Dispose();
        return null;
    }

    /// <summary>Counts bytes that were written to <paramref name="segment"/>.</summary>
    public void Commit(SpillSegment segment, long bytes)
    {
        lock (_lock)
        {
            segment.Commit(bytes);
        }
    }

    /// <summary>Finds the segment that holds <paramref name="offset"/>, and how many bytes it has from there.</summary>
    public SpillSegment? Find(long offset, out long availableBytes)
    {
        lock (_lock)
        {
            foreach (var segment in _segments)
            {
                if (offset >= segment.Offset && offset < segment.End)
                {
                    availableBytes = segment.End - offset;
                    return segment;
                }
            }
        }

        availableBytes = 0;
        return null;
    }

    /// <summary>Notes that nobody needs the bytes below <paramref name="offset"/>; they go when the disk or files run low.</summary>
    public void Release(long offset)
    {
        lock (_lock)
        {
            _released = Math.Max(_released, offset);
        }

        if (share.IsUnderPressure || files.IsShort)
        {
            DropReleased();
        }
    }

    /// <summary>Notes that somebody needs the bytes from <paramref name="offset"/> on again.</summary>
    public void Rewind(long offset)
    {
        lock (_lock)
        {
            _released = Math.Min(_released, offset);
        }
    }

    /// <summary>Gives back the room that the file does not need, because it has ended. Nothing may be written any more.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            // The segments before the last are full.
            if (_segments.Count > 0)
            {
                _segments[^1].Trim();
            }
        }

        WithdrawRequest();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            DropSegments_NeedsLock();
        }

        _filePlace.Close();
        _bytesPlace.Close();
    }

    /// <summary>Leaves the lines for the disk and for files: room is not needed any more, or not yet.</summary>
    public void WithdrawRequest()
    {
        _filePlace.Leave();
        _bytesPlace.Leave();
    }

    private bool TryLeaseFile(Action roomCame)
    {
        if (_filePlace.TakeGranted(out var isWaiting) is not null)
        {
            return true;
        }

        if (isWaiting)
        {
            return false;
        }

        if (files.TryLease(1, BudgetPriority.ReadAhead) || (DropReleased() && files.TryLease(1, BudgetPriority.ReadAhead)))
        {
            return true;
        }

        _filePlace.Enter(1, roomCame);
        return false;
    }

    /// <summary>Leases budget for the next segment: twice the last one, less when less is declared or less is left.</summary>
    private long? TryLease(long offset, long lastBytes, Action roomCame)
    {
        var wanted = Math.Clamp(lastBytes * 2, SmallestSegmentBytes, LargestSegmentBytes);
        if (transferLength is { } length && Held.To < length && offset < length)
        {
            wanted = Math.Min(wanted, length - offset);
        }

        var least = Math.Min(wanted, SmallestSegmentBytes);
        if (_bytesPlace.TakeGranted(out var isWaiting) is { } granted)
        {
            return share.TryUse(granted) ? granted : null;
        }

        var isShareFull = false;
        for (var isSecondTry = false; !isWaiting; isSecondTry = true)
        {
            for (var bytes = wanted; bytes >= least; bytes /= 2)
            {
                if (share.TryLease(bytes, out isShareFull))
                {
                    return bytes;
                }
            }

            if (isSecondTry || !DropReleased())
            {
                break;
            }
        }

        if (isShareFull)
        {
            _bytesPlace.Enter(least, roomCame);
        }

        return null;
    }

    private void DropSegments_NeedsLock()
    {
        _segments.ForEach(static segment => segment.Dispose());
        _segments.Clear();
    }

    private bool DropReleased()
    {
        lock (_lock)
        {
            var count = 0;
            while (count < _segments.Count && _segments[count].RoomBytes == 0 && _segments[count].End <= _released)
            {
                _segments[count].Dispose();
                count++;
            }

            _segments.RemoveRange(0, count);
            return count > 0;
        }
    }
}
