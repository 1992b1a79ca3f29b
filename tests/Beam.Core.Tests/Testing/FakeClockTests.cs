namespace Beam.Core.Tests.Testing;

public sealed class FakeClockTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void Advance_MovesTimeAndTimestamp()
    {
        var (now, timestamp) = (_clock.GetUtcNow(), _clock.GetTimestamp());

        _clock.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal(now + TimeSpan.FromSeconds(90), _clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromSeconds(90), _clock.GetElapsedTime(timestamp));
    }

    [Fact]
    public void Advance_FiresTimersInOrder_EachAtItsDueTime()
    {
        var fired = new List<(string Name, TimeSpan At)>();
        using var late = Timer(() => fired.Add(("late", _clock.Elapsed)), seconds: 3);
        using var early = Timer(() => fired.Add(("early", _clock.Elapsed)), seconds: 1);
        using var never = Timer(() => fired.Add(("never", _clock.Elapsed)), seconds: 6);

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([("early", TimeSpan.FromSeconds(1)), ("late", TimeSpan.FromSeconds(3))], fired);
        Assert.Equal(TimeSpan.FromSeconds(5), _clock.Elapsed);
    }

    [Fact]
    public void Advance_FiresTimersThatAreDueTogether_InTheOrderTheyWereArmed()
    {
        var fired = new List<int>();
        using var first = Timer(() => fired.Add(1), seconds: 1);
        using var second = Timer(() => fired.Add(2), seconds: 1);

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([1, 2], fired);
    }

    [Fact]
    public void Advance_FiresOnTheCallersThread()
    {
        var thread = 0;
        using var timer = Timer(() => thread = Environment.CurrentManagedThreadId, seconds: 1);

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }

    [Fact]
    public void Advance_FiresPeriodicTimer_OncePerPeriod()
    {
        var fired = new List<double>();
        using var timer = Timer(() => fired.Add(_clock.Elapsed.TotalSeconds), seconds: 1, periodSeconds: 2);

        _clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal([1, 3, 5], fired);
        Assert.Equal(1, _clock.ActiveTimers);
    }

    [Fact]
    public void Advance_FiresTimerArmedByCallback_WhenItFallsDueOnTheWay()
    {
        var fired = new List<double>();
        ITimer? timer = null;
        timer = Timer(
            () =>
            {
                fired.Add(_clock.Elapsed.TotalSeconds);
                timer!.Change(TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
            },
            seconds: 1);

        _clock.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal([1, 3], fired);
        timer.Dispose();
    }

    [Fact]
    public void Advance_OfZero_FiresTimerThatIsDueAtOnce()
    {
        var fired = 0;
        using var timer = Timer(() => fired++, seconds: 0);
        Assert.Equal(0, fired);

        _clock.Advance(TimeSpan.Zero);

        Assert.Equal(1, fired);
    }

    [Fact]
    public void Change_StartsOver_FromNow()
    {
        var fired = new List<double>();
        using var timer = Timer(() => fired.Add(_clock.Elapsed.TotalSeconds), seconds: 2);
        _clock.Advance(TimeSpan.FromSeconds(1));

        timer.Change(TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([3], fired);
    }

    [Fact]
    public void Dispose_KeepsTimerFromFiring()
    {
        var fired = 0;
        var timer = Timer(() => fired++, seconds: 1);

        timer.Dispose();
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, fired);
        Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));
    }

    [Fact]
    public void ActiveTimers_CountsTimersThatWillFire()
    {
        using var once = Timer(() => { }, seconds: 1);
        using var stopped = Timer(() => { }, seconds: 1);
        var disposed = Timer(() => { }, seconds: 1);
        Assert.Equal(3, _clock.ActiveTimers);

        stopped.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        disposed.Dispose();
        Assert.Equal(1, _clock.ActiveTimers);

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, _clock.ActiveTimers);
    }

    [Fact]
    public void NextDue_IsTheTimeToTheEarliestTimer()
    {
        Assert.Null(_clock.NextDue);
        using var late = Timer(() => { }, seconds: 5);
        using var early = Timer(() => { }, seconds: 3);

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromSeconds(2), _clock.NextDue);
    }

    [Fact]
    public async Task Delay_Completes_WhenTimeHasCome()
    {
        var delay = Task.Delay(TimeSpan.FromMinutes(1), _clock);
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(delay.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(1));

        await delay.WaitAsync(Eventually.Limit);
        Assert.Equal(0, _clock.ActiveTimers);
    }

    [Fact]
    public void CancellationTokenSource_Cancels_WhenTimeHasCome()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(1), _clock);

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(source.IsCancellationRequested);
    }

    [Fact]
    public async Task WaitForTimersAsync_Completes_WhenTimerIsArmedElsewhere()
    {
        var waiting = _clock.WaitForTimersAsync(1);
        Assert.False(waiting.IsCompleted);

        var delay = Task.Run(() => Task.Delay(TimeSpan.FromSeconds(1), _clock));
        await waiting;
        _clock.Advance(TimeSpan.FromSeconds(1));

        await delay.WaitAsync(Eventually.Limit);
    }

    private ITimer Timer(Action callback, int seconds, int? periodSeconds = null) => _clock.CreateTimer(
        _ => callback(),
        state: null,
        TimeSpan.FromSeconds(seconds),
        periodSeconds is { } period ? TimeSpan.FromSeconds(period) : Timeout.InfiniteTimeSpan);
}
