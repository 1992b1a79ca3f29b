using Beam.AspNetCore.Forwarding;

namespace Beam.AspNetCore.Tests.Delivery;

/// <summary>What a hop waits for has an end, and leaves nothing behind.</summary>
[Trait("Rule", "P4")]
public sealed class ClientPatienceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly FakeClock _clock = new();
    private long _progress;

    [Fact]
    public async Task Nothing_IsLeftRunning_WhenTheWaitThrows()
    {
        var thrown = await Record.ExceptionAsync(() => Patience().WaitAsync<int>(static _ => throw new InvalidOperationException("no")));

        Assert.IsType<InvalidOperationException>(thrown);
        Assert.Null(_clock.NextDue);
    }

    [Fact]
    public async Task Nothing_IsLeftRunning_WhenTheWaitEnds()
    {
        Assert.Equal(7, await Patience().WaitAsync(static _ => Task.FromResult(7)));
        Assert.Null(_clock.NextDue);
    }

    [Fact]
    public async Task Wait_IsBounded_OnceTheClientStandsStill()
    {
        var waiting = Patience().WaitAsync(static async stalled =>
        {
            await stalled;
            return 7;
        });
        _progress++;
        _clock.Advance(Limit);
        await Eventually.TrueAsync(() => _clock.NextDue is not null, "the next look is due");
        Assert.False(waiting.IsCompleted);
        _clock.Advance(Limit);

        Assert.Equal(7, await waiting.Soon());
    }

    private ClientPatience Patience() => new(() => _progress, Limit, _clock);
}
