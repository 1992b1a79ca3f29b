namespace Beam.Client.Tests.Http;

public sealed class IdleWatchTests
{
    [Fact]
    public void Timer_DoesNoHarm_WhenItsCallbackComesAfterTheEnd()
    {
        var clock = new LateClock();
        var watch = new IdleWatch(new BeamClientOptions { TimeProvider = clock }, CancellationToken.None);
        watch.Restart();
        watch.Dispose();

        Assert.Null(Record.Exception(clock.Fire));
    }

    /// <summary>A clock whose timer calls back after it was disposed, as a callback does that had already begun.</summary>
    private sealed class LateClock : TimeProvider
    {
        public Action Fire { get; private set; } = static () => { };

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Fire = () => callback(state);
            return new LateTimer();
        }
    }

    private sealed class LateTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
