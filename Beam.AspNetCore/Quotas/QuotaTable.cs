namespace Beam.AspNetCore.Quotas;

/// <summary>
/// Remembers how much each token, address and user uses. It remembers a limited number of them, however many addresses come by.
/// </summary>
internal sealed class QuotaTable(TimeSpan window, int maxRemembered, TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<object, QuotaUse> _uses = [];
    private readonly LinkedList<QuotaUse> _idle = [];

    /// <summary>Gets how many it remembers.</summary>
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

    /// <summary>Gets how many of them have a running request.</summary>
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
    /// <param name="claims">The quotas that the request needs.</param>
    /// <param name="bytes">How many bytes it will move, as far as this is known.</param>
    /// <param name="charges">What the caller gives back to <see cref="Return"/>.</param>
    /// <returns>The first quota that has no room; <see langword="null"/> when all have room.</returns>
    public QuotaRefusal? TryTake(ReadOnlySpan<QuotaClaim> claims, long bytes, out List<QuotaCharge> charges)
    {
        charges = new List<QuotaCharge>(claims.Length);
        lock (_lock)
        {
            foreach (var claim in claims)
            {
                if (FindObstacle_NeedsLock(claim, bytes) is { } refusal)
                {
                    return refusal;
                }
            }

            // Only now: a refused request must take no room in this table.
            foreach (var claim in claims)
            {
                var use = GetOrAdd_NeedsLock(claim.Key);
                long? counted = claim.MaxBytes is null ? null : bytes;
                use.Transfers++;
                use.Bytes = checked(use.Bytes + (counted ?? 0));
                charges.Add(new QuotaCharge(use, use.Window, counted));
            }
        }

        return null;
    }

    /// <summary>Notes that a request has ended.</summary>
    /// <remarks>
    /// If it has moved less than was counted for it, the window that was charged gets the rest back, if it still lasts; no other window
    /// does. If it has moved more, the rest counts now.
    /// </remarks>
    /// <param name="charges">What <see cref="TryTake"/> has counted it for.</param>
    /// <param name="movedBytes">How many bytes it has moved.</param>
    public void Return(List<QuotaCharge> charges, long movedBytes)
    {
        lock (_lock)
        {
            foreach (var charge in charges)
            {
                var use = charge.Use;
                Renew_NeedsLock(use);
                if (charge.Bytes is { } counted && (movedBytes > counted || charge.Window == use.Window))
                {
                    use.Correct(movedBytes - counted);
                }

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
        if (claim.MaxBytes is { } most && bytes > most)
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

        // When everything is used up, there is no room even for a request of unknown size.
        return claim.MaxBytes is { } all && (use.Bytes >= all || bytes > all - use.Bytes)
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
            use.Window++;
            use.Bytes = 0;
        }
    }

    /// <summary>
    /// Forgets uses whose bytes no longer count, and the longest unused when there are too many. Uses with requests stay: the relay limits
    /// their number.
    /// </summary>
    private void Forget_NeedsLock()
    {
        while (_idle.First is { Value: var oldest }
            && (_uses.Count > maxRemembered || oldest.Bytes == 0 || timeProvider.GetElapsedTime(oldest.Since) >= window))
        {
            _idle.RemoveFirst();
            _uses.Remove(oldest.Key);
        }
    }
}
