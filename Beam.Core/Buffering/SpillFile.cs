namespace Beam.Buffering;

/// <summary>
/// The spilled part of a transfer: consecutive segments, so that what was read can be given back to the disk piece by piece.
/// </summary>
internal sealed class SpillFile(SpillDirectory directory, SpillShare share, long? transferLength) : IDisposable
{
    private const long FirstSegmentBytes = 1024 * 1024;
    private const long SmallestSegmentBytes = 256 * 1024;

    // 64 MiB keeps a large file contiguous and its number of open files small, and is given back soon enough. It takes as many bytes before
    // it to get there: what a sender declares takes no room.
    private const long LargestSegmentBytes = 64 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly List<SpillSegment> _segments = [];
    private long _released;
    private BudgetRequest? _request;
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
    /// <returns>A segment with room, or <see langword="null"/> when there is no room on the disk or the transfer has ended.</returns>
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

        if (TryLease(offset, lastBytes, roomCame) is not { } capacityBytes)
        {
            return null;
        }

        SpillSegment segment;
        try
        {
            segment = SpillSegment.Create(directory, share, offset, capacityBytes);
        }
        catch
        {
            share.Return(capacityBytes);
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

    /// <summary>Notes that nobody needs the bytes below <paramref name="offset"/>; they go when the disk budget runs low.</summary>
    public void Release(long offset)
    {
        lock (_lock)
        {
            _released = Math.Max(_released, offset);
        }

        if (share.IsUnderPressure)
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

        WithdrawRequest();
    }

    /// <summary>Leaves the line for the disk budget: room is not needed any more, or not yet.</summary>
    public void WithdrawRequest()
    {
        BudgetRequest? request;
        lock (_lock)
        {
            request = _request;
            _request = null;
        }

        if (request is not null)
        {
            share.Withdraw(request);
        }
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
        if (TakeGranted(out var isWaiting) is { } granted)
        {
            return granted;
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
            StandInLine(least, roomCame);
        }

        return null;
    }

    private long? TakeGranted(out bool isWaiting)
    {
        BudgetRequest request;
        lock (_lock)
        {
            isWaiting = _request is { IsGranted: false };
            if (_request is not { IsGranted: true })
            {
                return null;
            }

            request = _request;
            _request = null;
        }

        return share.TryUse(request) ? request.Bytes : null;
    }

    private void StandInLine(long bytes, Action roomCame)
    {
        var request = share.Request(bytes, roomCame);
        lock (_lock)
        {
            _request = request;
            if (!_isDisposed)
            {
                return;
            }
        }

        WithdrawRequest();
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
