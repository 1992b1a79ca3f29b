using Beam.AspNetCore.Forwarding;

namespace Beam.AspNetCore.Tests.Forwarding;

/// <summary>How many connections there are to a node, and how long a port counts that the system keeps.</summary>
public sealed class ConnectionBoundTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void Connection_IsRefused_BeyondTheBound_ForThisNodeOnly()
    {
        var bound = new ConnectionBound(2, _clock);

        Assert.Equal((true, true, false), (bound.TryTake("n1:80"), bound.TryTake("N1:80"), bound.TryTake("n1:80")));
        Assert.True(bound.TryTake("n2:80"));
        bound.Return("n1:80", keepsPort: false);
        Assert.Equal((true, false), (bound.TryTake("n1:80"), bound.TryTake("n1:80")));
    }

    [Fact]
    public void Port_CountsForAMinute_WhenTheSystemKeepsIt()
    {
        var bound = new ConnectionBound(1, _clock);
        Assert.True(bound.TryTake("n1:80"));
        bound.Return("n1:80", keepsPort: true);

        Assert.False(bound.TryTake("n1:80"));
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(bound.TryTake("n1:80"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(bound.TryTake("n1:80"));
    }

    /// <summary>Whatever the order, what is open or kept stays within the bound, and all of it can be used again in the end.</summary>
    [Fact]
    public void Bound_Holds_WhateverHappens()
    {
        const int Most = 20;
        var random = new Random(1);
        var bound = new ConnectionBound(Most, _clock);
        var open = 0;
        var kept = new Queue<TimeSpan>();
        for (var step = 0; step < 20_000; step++)
        {
            switch (random.Next(4))
            {
                case 0 or 1:
                    while (kept.TryPeek(out var since) && _clock.Elapsed - since >= TimeSpan.FromMinutes(1))
                    {
                        kept.Dequeue();
                    }

                    Assert.Equal(open + kept.Count < Most, bound.TryTake("node:80"));
                    open = Math.Min(open + 1, Most - kept.Count);
                    break;

                case 2 when open > 0:
                    var keepsPort = random.Next(2) == 0;
                    bound.Return("node:80", keepsPort);
                    open--;
                    if (keepsPort)
                    {
                        kept.Enqueue(_clock.Elapsed);
                    }

                    break;

                default:
                    _clock.Advance(TimeSpan.FromSeconds(random.Next(5)));
                    break;
            }
        }

        for (; open > 0; open--)
        {
            bound.Return("node:80", keepsPort: true);
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.All(Enumerable.Range(0, Most), _ => Assert.True(bound.TryTake("node:80")));
        Assert.False(bound.TryTake("node:80"));
    }
}
