using Beam.Core.Tests.Transfers;
using Beam.Tokens;

namespace Beam.Core.Tests.Tokens;

/// <summary>What a call looks at does not grow with the number of tokens that others have. Looks are counted, no clock is read.</summary>
[Trait("Rule", "P9")]
[Trait("Rule", "P38")]
public sealed class TokenWorkTests
{
    [Theory]
    [InlineData(1_000)]
    [InlineData(20_000)]
    public async Task Revocation_LooksAtWhatWasMadeFromTheToken_HoweverManyOthersThereAre(int others)
    {
        using var test = new TestRelay();
        await FillAsync(test, others);
        var link = (await test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.All))!.Token;
        for (var i = 0; i < 9; i++)
        {
            await test.Relay.Tokens.MintSubTokenAsync(link, TokenRights.Send);
        }

        var looks = await CountLooksAsync(test, () => test.Relay.RevokeAsync(link));

        Assert.Equal(10, looks);
        Assert.Equal(others + 1, test.Relay.Tokens.Count);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(20_000)]
    [Trait("Rule", "P8")]
    public async Task Sweep_LooksAtNothing_UntilATokenMayEnd(int tokens)
    {
        using var test = new TestRelay();
        await FillAsync(test, tokens);

        Assert.Equal(0, await CountLooksAsync(test, () => Advance(test, TimeSpan.FromMinutes(19))));

        // At most once when its time has come, and once to take it away.
        Assert.InRange(await CountLooksAsync(test, () => Advance(test, TimeSpan.FromMinutes(1))), tokens + 1, 2 * (tokens + 1));
        Assert.Equal(0, test.Relay.Tokens.Count);
    }

    [Fact]
    [Trait("Rule", "P8")]
    public async Task Sweep_LooksSeldom_AtATokenThatIsUsed()
    {
        using var test = new TestRelay(static options => options.WaitTimeout = TimeSpan.FromDays(1));
        await using var waiting = test.Send("waits", length: 1);

        var looks = await CountLooksAsync(test, () => Advance(test, TimeSpan.FromHours(23)));

        // At the end of the usual life, and then as often as a use would renew it.
        Assert.InRange(looks, 1, (23 * 60 / 5) + 1);
        Assert.Equal(1, test.Relay.Tokens.Count);
    }

    [Fact]
    public async Task Links_AreAtMostFourDeep()
    {
        using var test = new TestRelay();
        var token = test.Token;
        for (var depth = 1; depth <= Token.MaxDepth; depth++)
        {
            token = (await test.Relay.Tokens.MintSubTokenAsync(token, TokenRights.All))!.Token;
            Assert.Equal(depth, token.Depth);
        }

        Assert.Equal(4, token.Depth);
        Assert.Null(await test.Relay.Tokens.MintSubTokenAsync(token, TokenRights.Send));
        Assert.Equal(5, test.Relay.Tokens.Count);
    }

    [Fact]
    [Trait("Rule", "P26")]
    public async Task Totals_AreCounted_AndASnapshotIsAsLargeAsItsReaderWants()
    {
        using var test = new TestRelay();
        await FillAsync(test, 200);
        var soonest = await test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.Send, lifetime: TimeSpan.FromMinutes(1));
        var senders = Enumerable.Range(0, 20).Select(i => test.Send($"{i}", length: 1)).ToList();
        await senders[0].DisposeAsync();

        var (totals, some, all) = (test.Relay.GetTotals(), test.Relay.GetSnapshot(5), test.Relay.GetSnapshot());

        Assert.Equal((19, 202), (totals.Transfers, totals.Tokens));
        Assert.Equal((5, 5), (some.Transfers.Count, some.Tokens.Count));
        Assert.Equal((19, 202), (all.Transfers.Count, all.Tokens.Count));
        var oldest = senders.Skip(1).Take(5).Select(static sender => sender.Lease.TransferId);
        Assert.Equal(oldest, some.Transfers.Select(static each => each.Id));
        Assert.Equal(soonest!.Token.Id, some.Tokens[0].Id);
        Assert.Empty(test.Relay.GetSnapshot(0).Tokens);
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Relay.GetSnapshot(-1));
    }

    /// <summary>Mints tokens: channels, and links in them down to the last that can be made.</summary>
    private static async Task FillAsync(TestRelay test, int count)
    {
        var token = test.Token;
        for (var i = 0; i < count; i++)
        {
            token = i % 10 is 0 or > Token.MaxDepth
                ? (await test.Relay.Tokens.MintAsync())!.Token
                : (await test.Relay.Tokens.MintSubTokenAsync(token, TokenRights.All))!.Token;
        }
    }

    private static ValueTask Advance(TestRelay test, TimeSpan time)
    {
        test.Clock.Advance(time);
        return ValueTask.CompletedTask;
    }

    private static async Task<long> CountLooksAsync(TestRelay test, Func<ValueTask> call)
    {
        var before = test.Relay.Tokens.Looks;
        await call();
        return test.Relay.Tokens.Looks - before;
    }
}
