namespace Beam.Testing;

/// <summary>A clock that moves only when a test says so. Thread-safe.</summary>
/// <remarks>
/// Timers fire inside <see cref="Advance"/>, on its caller's thread, in the order in which they fall due. A timer that is due
/// at once fires on the next call, for which <c>Advance(TimeSpan.Zero)</c> is enough.
/// </remarks>
public sealed class FakeClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<FakeTimer> _armed = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];
    private readonly DateTimeOffset _start;
    private TimeSpan _elapsed;
    private long _armings;

    /// <summary>Creates a clock that shows <paramref name="start"/>, by default noon on 1 January 2030, UTC.</summary>
    public FakeClock(DateTimeOffset? start = null) =>
        _start = (start ?? new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero)).ToUniversalTime();

    /// <summary>How far the clock was advanced since it was created.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_lock)
            {
                return _elapsed;
            }
        }
    }

    /// <summary>The number of timers that will still fire: neither disposed, nor stopped, nor run out.</summary>
    public int ActiveTimers
    {
        get
        {
            lock (_lock)
            {
                return _armed.Count;
            }
        }
    }

    /// <summary>The time until the next timer is due, or <see langword="null"/> when none is.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            lock (_lock)
            {
                return Earliest_NeedsLock() is { } timer ? timer.Due - _elapsed : null;
            }
        }
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <inheritdoc/>
    public override long GetTimestamp() => Elapsed.Ticks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock forward and fires every timer that falls due on the way, each at its own due time.</summary>
    /// <remarks>What a callback throws comes out here, with the clock at that timer's due time.</remarks>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        TimeSpan target;
        lock (_lock)
        {
            target = _elapsed + time;
        }

        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
        }
    }

    /// <summary>Waits until at least <paramref name="count"/> timers are active, so that a test can advance past them.</summary>
    public async Task WaitForTimersAsync(int count)
    {
        Task reached;
        lock (_lock)
        {
            if (_armed.Count >= count)
            {
                return;
            }

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, waiter));
            reached = waiter.Task;
        }

        await reached.WaitAsync(Eventually.Limit, System);
    }

    private FakeTimer? TakeDue(TimeSpan target)
    {
        lock (_lock)
        {
            if (Earliest_NeedsLock() is not { } timer || timer.Due > target)
            {
                _elapsed = target > _elapsed ? target : _elapsed;
                return null;
            }

            // A callback may have advanced the clock further already.
            _elapsed = timer.Due > _elapsed ? timer.Due : _elapsed;
            if (timer.Period > TimeSpan.Zero)
            {
                timer.Due += timer.Period;
                timer.Order = _armings++;
            }
            else
            {
                _armed.Remove(timer);
            }

            return timer;
        }
    }

    private FakeTimer? Earliest_NeedsLock() => _armed.MinBy(timer => (timer.Due, timer.Order));

    private bool Arm(FakeTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            if (timer.IsDisposed)
            {
                return false;
            }

            _armed.Remove(timer);
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                return true;
            }

            timer.Due = _elapsed + dueTime;
            timer.Period = period;
            timer.Order = _armings++;
            _armed.Add(timer);
            foreach (var (_, reached) in _waiters.Where(waiter => waiter.Count <= _armed.Count))
            {
                reached.TrySetResult();
            }

            _waiters.RemoveAll(waiter => waiter.Count <= _armed.Count);
            return true;
        }
    }

    private void Remove(FakeTimer timer)
    {
        lock (_lock)
        {
            timer.IsDisposed = true;
            _armed.Remove(timer);
        }
    }

    private sealed class FakeTimer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        // Guarded by the clock's lock.
        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; set; }

        public long Order { get; set; }

        public bool IsDisposed { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, Timeout.InfiniteTimeSpan);
            ArgumentOutOfRangeException.ThrowIfLessThan(period, Timeout.InfiniteTimeSpan);
            return clock.Arm(this, dueTime, period);
        }

        public void Dispose() => clock.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
