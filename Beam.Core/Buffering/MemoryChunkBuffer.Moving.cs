namespace Beam.Buffering;

/// <content>How bytes are moved elsewhere, such as to a disk.</content>
internal sealed partial class MemoryChunkBuffer
{
    /// <summary>Leases the oldest bytes so that they can be moved elsewhere; they stay here until <see cref="Discard"/>.</summary>
    /// <returns>
    /// Chunks in order, at most <paramref name="maxBytes"/> in all unless the first alone is larger. The caller disposes each.
    /// </returns>
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

    /// <summary>Keeps everything that is here for a reader that went back to bytes which are kept elsewhere.</summary>
    /// <returns><see langword="false"/> when the log has failed.</returns>
    internal bool TryRewindToElsewhere()
    {
        lock (_lock)
        {
            if (_isFailed)
            {
                return false;
            }

            _read = Math.Min(_read, _from);
            _released = Math.Min(_released, _from);
            return true;
        }
    }
}
