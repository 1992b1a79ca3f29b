using Beam.Buffering;

namespace Beam.Core.Tests.Buffering;

public sealed class BufferBudgetTests
{
    private readonly BufferBudget _budget = new(800);
    private readonly List<string> _granted = [];

    [Theory]
    [InlineData(BudgetPriority.ReadAhead, 600)]
    [InlineData(BudgetPriority.Stream, 700)]
    [InlineData(BudgetPriority.Essential, 800)]
    public void TryLease_GoesUpToTheShare_OfEachPriority(BudgetPriority priority, long share)
    {
        Assert.False(_budget.TryLease(share + 1, priority));
        Assert.True(_budget.TryLease(share, priority));
        Assert.False(_budget.TryLease(1, priority));
        Assert.Equal(share, _budget.UsedBytes);
    }

    [Fact]
    public void TryLease_Refuses_WhileSomebodyOfTheSamePriorityWaits()
    {
        Assert.True(_budget.TryLease(600, BudgetPriority.ReadAhead));
        Request("first", 200, BudgetPriority.Stream);

        Assert.False(_budget.TryLease(1, BudgetPriority.Stream));
        Assert.False(_budget.TryLease(1, BudgetPriority.ReadAhead));
        Assert.True(_budget.TryLease(1, BudgetPriority.Essential));
    }

    [Fact]
    public void Request_IsGrantedAtOnce_WhenItFits()
    {
        Request("only", 600, BudgetPriority.ReadAhead);

        Assert.Equal(["only"], _granted);
        Assert.Equal(600, _budget.UsedBytes);
    }

    [Fact]
    public void Return_ServesTheLineInOrder()
    {
        Assert.True(_budget.TryLease(800, BudgetPriority.Essential));
        Request("first", 300, BudgetPriority.Essential);
        Request("second", 10, BudgetPriority.Essential);

        _budget.Return(100);
        Assert.Empty(_granted);

        _budget.Return(300);
        Assert.Equal(["first", "second"], _granted);
        Assert.Equal(710, _budget.UsedBytes);
    }

    [Fact]
    public void Return_ServesTheMoreUrgentFirst()
    {
        Assert.True(_budget.TryLease(800, BudgetPriority.Essential));
        Request("read-ahead", 100, BudgetPriority.ReadAhead);
        Request("stream", 100, BudgetPriority.Stream);
        Request("essential", 100, BudgetPriority.Essential);

        _budget.Return(100);
        Assert.Equal(["essential"], _granted);

        _budget.Return(800 - 100);
        Assert.Equal(["essential", "stream", "read-ahead"], _granted);
    }

    [Fact]
    public void Promote_MovesToTheMoreUrgentLine()
    {
        Assert.True(_budget.TryLease(700, BudgetPriority.Essential));
        var request = Request("request", 100, BudgetPriority.ReadAhead);
        Assert.Empty(_granted);

        request.Promote(BudgetPriority.Essential);

        Assert.Equal(["request"], _granted);
        Assert.Equal(800, _budget.UsedBytes);
    }

    [Fact]
    public void Promote_DoesNothing_WhenItIsNoPromotion()
    {
        Assert.True(_budget.TryLease(800, BudgetPriority.Essential));
        var first = Request("first", 50, BudgetPriority.Stream);
        Request("second", 50, BudgetPriority.Stream);

        first.Promote(BudgetPriority.ReadAhead);
        first.Promote(BudgetPriority.Stream);
        _budget.Return(150);

        Assert.Equal(["first"], _granted);
    }

    [Fact]
    public void Promote_DoesNothing_WhenAlreadyGranted()
    {
        var request = Request("request", 100, BudgetPriority.ReadAhead);

        request.Promote(BudgetPriority.Essential);

        Assert.Equal(["request"], _granted);
        Assert.Equal(100, _budget.UsedBytes);
    }

    [Fact]
    public void Promote_ServesThoseBehind_WhenTheyFit()
    {
        Assert.True(_budget.TryLease(580, BudgetPriority.Essential));
        var large = Request("large", 230, BudgetPriority.ReadAhead);
        Request("small", 10, BudgetPriority.Essential);
        Request("waits", 20, BudgetPriority.ReadAhead);
        Assert.Equal(["small"], _granted);

        large.Promote(BudgetPriority.Essential);
        Assert.Equal(["small"], _granted);

        Assert.False(large.Withdraw());
        _budget.Return(10);
        Assert.Equal(["small", "waits"], _granted);
    }

    [Fact]
    public void Withdraw_LeavesTheLine()
    {
        Assert.True(_budget.TryLease(800, BudgetPriority.Essential));
        var request = Request("request", 100, BudgetPriority.Essential);

        Assert.False(request.Withdraw());
        _budget.Return(800);

        Assert.Empty(_granted);
        Assert.Equal(0, _budget.UsedBytes);
    }

    [Fact]
    public void Withdraw_SaysThatTheBytesAreLeased_WhenTheyWereGranted()
    {
        var request = Request("request", 100, BudgetPriority.Essential);

        Assert.True(request.Withdraw());
        Assert.Equal(100, _budget.UsedBytes);
    }

    [Theory]
    [InlineData(BudgetPriority.Essential)]
    [InlineData(BudgetPriority.ReadAhead)]
    public void Withdraw_ServesThoseBehind_WhenTheyFit(BudgetPriority behind)
    {
        Assert.True(_budget.TryLease(500, BudgetPriority.Essential));
        var large = Request("large", 400, BudgetPriority.Essential);
        Request("small", 50, behind);
        Assert.Empty(_granted);

        large.Withdraw();

        Assert.Equal(["small"], _granted);
    }

    [Fact]
    public async Task Withdraw_LeavesNothingInTheLine_WhenPromotedAtTheSameTime()
    {
        const int Rounds = 20_000;
        var full = Enumerable.Range(0, Rounds).Select(_ => new BufferBudget(100)).ToArray();
        var requests = full.Select(budget =>
        {
            Assert.True(budget.TryLease(100, BudgetPriority.Essential));
            return budget.Request(10, BudgetPriority.ReadAhead, static () => { });
        }).ToArray();

        // Both threads come to each request at the same moment.
        using var rounds = new Barrier(2);
        var promoting = Task.Run(() =>
        {
            foreach (var request in requests)
            {
                rounds.SignalAndWait();
                request.Promote(BudgetPriority.Essential);
            }
        });
        foreach (var request in requests)
        {
            rounds.SignalAndWait();
            Assert.False(request.Withdraw());
        }

        await promoting;
        Array.ForEach(full, static budget => budget.Return(100));
        Assert.Equal(0, full.Count(static budget => budget.UsedBytes != 0));
    }

    [Theory]
    [InlineData(BudgetPriority.ReadAhead)]
    [InlineData(BudgetPriority.Stream)]
    [InlineData(BudgetPriority.Essential)]
    [Trait("Rule", "P3")]
    public void TryLease_Refuses_WhatASumCouldNotHold(BudgetPriority priority)
    {
        Assert.True(_budget.TryLease(3, BudgetPriority.Essential));

        Assert.False(_budget.TryLease(long.MaxValue, priority));
        Assert.False(_budget.TryLease(long.MaxValue - 2, priority));

        Assert.Equal(3, _budget.UsedBytes);
        _budget.Return(3);
        Assert.Equal(0, _budget.UsedBytes);
    }

    [Fact]
    [Trait("Rule", "P3")]
    public void Request_WaitsForGood_WhenASumCouldNotHoldIt()
    {
        Assert.True(_budget.TryLease(3, BudgetPriority.Essential));
        var request = Request("endless", long.MaxValue, BudgetPriority.ReadAhead);
        request.Promote(BudgetPriority.Essential);

        Assert.Empty(_granted);
        Assert.Equal(3, _budget.UsedBytes);
        Assert.False(request.Withdraw());
    }

    [Theory]
    [InlineData(11)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [Trait("Rule", "P5")]
    public void Return_GivesBackWhatIsLeasedAtMost_AndTellsOnce(long bytes)
    {
        var mistakes = 0;
        _budget.WronglyReturned = () => mistakes++;
        Assert.True(_budget.TryLease(10, BudgetPriority.Essential));

        _budget.Return(bytes);
        _budget.Return(bytes);

        Assert.Equal(bytes < 0 ? 10 : 0, _budget.UsedBytes);
        Assert.Equal(1, mistakes);
        Assert.Equal(bytes >= 0, _budget.TryLease(800, BudgetPriority.Essential));
    }

    [Fact]
    public void IsUnderPressure_AboveThreeQuarters()
    {
        Assert.True(_budget.TryLease(600, BudgetPriority.Essential));
        Assert.False(_budget.IsUnderPressure);
        Assert.True(_budget.TryLease(1, BudgetPriority.Essential));
        Assert.True(_budget.IsUnderPressure);
    }

    [Fact]
    public void Numbers_AreChecked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BufferBudget(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _budget.TryLease(-1, BudgetPriority.Stream));
        Assert.Throws<ArgumentOutOfRangeException>(() => _budget.Request(-1, BudgetPriority.Stream, static () => { }));
    }

    [Fact]
    [Trait("Rule", "P3")]
    public async Task UsedBytes_StayInTheLimit_AndComeBack_WhateverManyThreadsDo()
    {
        var isOver = false;
        await Task.WhenAll(Enumerable.Range(1, 4).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 5_000; i++)
            {
                var bytes = random.Next(1, 400);
                var priority = (BudgetPriority)random.Next(3);
                if (random.Next(2) == 0)
                {
                    if (_budget.TryLease(bytes, priority))
                    {
                        isOver |= _budget.UsedBytes > _budget.LimitBytes;
                        _budget.Return(bytes);
                    }

                    continue;
                }

                var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var request = _budget.Request(bytes, priority, granted.SetResult);
                request.Promote((BudgetPriority)random.Next(3));
                if (random.Next(3) == 0)
                {
                    if (request.Withdraw())
                    {
                        _budget.Return(bytes);
                    }

                    continue;
                }

                await granted.Task.Soon();
                isOver |= _budget.UsedBytes > _budget.LimitBytes;
                _budget.Return(bytes);
            }
        })));

        Assert.False(isOver);
        Assert.Equal(0, _budget.UsedBytes);
    }

    private BudgetRequest Request(string name, long bytes, BudgetPriority priority)
        => _budget.Request(bytes, priority, () => _granted.Add(name));
}
