namespace Beam.AspNetCore.Quotas;

/// <summary>Who uses how much. It remembers so many and no more, however many addresses come by.</summary>
internal sealed class QuotaTable(TimeSpan window, int maxRemembered, TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<object, QuotaUse> _uses = [];
    private readonly LinkedList<QuotaUse> _idle = [];

    /// <summary>Gets how many are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _uses.Count;
            }
        }
    }

    /// <summary>Gets how many of them have a request now.</summary>
    public int BusyCount
    {
        get
        {
            lock (_lock)
            {
                return _uses.Count - _idle.Count;
            }
        }
    }

    /// <summary>Counts a request for all of <paramref name="claims"/>, or for none of them.</summary>
    /// <param name="claims">Whose quotas it needs.</param>
    /// <param name="bytes">How many bytes it will move, as far as is known.</param>
    /// <param name="uses">What is to be given back to <see cref="Return"/>.</param>
    /// <returns>The first quota that has no room; <see langword="null"/> when all have.</returns>
    public QuotaRefusal? TryTake(ReadOnlySpan<QuotaClaim> claims, long bytes, out List<QuotaUse> uses)
    {
        uses = new List<QuotaUse>(claims.Length);
        lock (_lock)
        {
            foreach (var claim in claims)
            {
                if (FindObstacle_NeedsLock(claim, bytes) is { } refusal)
                {
                    return refusal;
                }
            }

            // Only now: who is refused takes no room here.
            foreach (var claim in claims)
            {
                var use = GetOrAdd_NeedsLock(claim.Key);
                use.Transfers++;
                use.Bytes += bytes;
                uses.Add(use);
            }
        }

        return null;
    }

    /// <summary>The request has ended.</summary>
    /// <param name="uses">What it was counted for.</param>
    /// <param name="difference">How many more bytes it has moved than were counted before.</param>
    public void Return(List<QuotaUse> uses, long difference)
    {
        lock (_lock)
        {
            foreach (var use in uses)
            {
                use.Bytes = Math.Max(0, use.Bytes + difference);
                if (--use.Transfers == 0)
                {
                    use.Idle = _idle.AddLast(use);
                }
            }

            Forget_NeedsLock();
        }
    }

    private QuotaRefusal? FindObstacle_NeedsLock(QuotaClaim claim, long bytes)
    {
        if (bytes > claim.MaxBytes)
        {
            return new QuotaRefusal(claim.Kind, Wait: null, IsForBytes: true);
        }

        if (!_uses.TryGetValue(claim.Key, out var use))
        {
            return null;
        }

        Renew_NeedsLock(use);
        if (use.Transfers >= claim.MaxTransfers)
        {
            return new QuotaRefusal(claim.Kind, Wait: null, IsForBytes: false);
        }

        // Who has used everything up is refused also what nobody knows the size of.
        return use.Bytes >= claim.MaxBytes || use.Bytes + bytes > claim.MaxBytes
            ? new QuotaRefusal(claim.Kind, window - timeProvider.GetElapsedTime(use.Since), IsForBytes: true)
            : null;
    }

    private QuotaUse GetOrAdd_NeedsLock(object key)
    {
        if (_uses.TryGetValue(key, out var use))
        {
            if (use.Idle is { } idle)
            {
                _idle.Remove(idle);
                use.Idle = null;
            }

            return use;
        }

        use = new QuotaUse(key) { Since = timeProvider.GetTimestamp() };
        _uses.Add(key, use);
        Forget_NeedsLock();
        return use;
    }

    private void Renew_NeedsLock(QuotaUse use)
    {
        if (timeProvider.GetElapsedTime(use.Since) >= window)
        {
            use.Since = timeProvider.GetTimestamp();
            use.Bytes = 0;
        }
    }

    /// <summary>Forgets those whose bytes do not count any more, and the longest unused when there are too many. Those with requests stay: the relay limits them.</summary>
    private void Forget_NeedsLock()
    {
        while (_idle.First is { Value: var oldest } && (_uses.Count > maxRemembered || oldest.Bytes == 0 || timeProvider.GetElapsedTime(oldest.Since) >= window))
        {
            _idle.RemoveFirst();
            _uses.Remove(oldest.Key);
        }
    }
}
