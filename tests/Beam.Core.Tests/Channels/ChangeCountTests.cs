using System.Text.Json;
using Beam.Core.Tests.Transfers;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Core.Tests.Channels;

/// <summary>The count of a channel's changes grows with all that a look at the channel shows, and with nothing else for long.</summary>
[Trait("Rule", "P25")]
public sealed class ChangeCountTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly string[] Names = ["a", "b", "c"];

    public static TheoryData<int, bool> Runs
        => [.. Enumerable.Range(1, 10).SelectMany(static seed => new[] { (seed, false), (seed, true) })];

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Count_Grows_WheneverALookShowsSomethingElse(int seed, bool spills)
    {
        using var folder = new TempFolder();
        using var test = new TestRelay(options =>
        {
            options.SpillDirectory = spills ? folder["spill"] : null;
            options.WindowBytes = 64 * 1024;
            options.RewindBytes = 256 * 1024;
            options.ResumeTimeout = TimeSpan.FromSeconds(20);
            options.WaitTimeout = TimeSpan.FromSeconds(40);
            options.StallTimeout = TimeSpan.FromSeconds(30);
            options.OutcomeRetention = TimeSpan.FromSeconds(60);
            options.MaxReceivers = 3;
        });
        var random = new Random(seed);
        var stranger = (await test.Relay.Tokens.MintAsync())!.Token;
        var link = (await test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.All, uses: 3))!.Token;
        var receives = (await test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.Receive))!.Token;
        var calls = new RandomCalls(test, random, [test.Token, stranger, link, receives], Names);
        var shown = 0;
        for (var step = 0; step < 400; step++)
        {
            var (before, count) = (Look(test.Token.Channel), test.Token.Channel.Changes);
            var call = await calls.NextAsync();
            await calls.Sides.LeaveEndedAsync();

            var (after, grown) = (Look(test.Token.Channel), test.Token.Channel.Changes);
            Assert.True(before == after || grown > count, $"Step {step}, {call}, was not counted\n{LineDiff.Of(before, after)}");
            shown += before == after ? 0 : 1;
        }

        Assert.InRange(shown, 50, 400);
        await calls.Sides.LeaveAsync();
    }

    [Fact]
    public async Task Count_Stays_WhileNothingHappens()
    {
        using var test = new TestRelay();
        await using var sender = test.Send("a", length: 10);
        await using var receiver = test.Receive("b");
        await test.DeliverAsync("c");
        await Eventually.TrueAsync(() => test.Relay.TransferCount == 2, "only two are left");
        var (shown, count) = (Look(test.Token.Channel), test.Token.Channel.Changes);

        test.Clock.Advance(TimeSpan.FromMinutes(4));

        Assert.Equal((shown, count), (Look(test.Token.Channel), test.Token.Channel.Changes));
    }

    [Fact]
    [Trait("Rule", "P10")]
    public async Task Recent_AreTheLatestOfEachName_AtMostFifty()
    {
        using var test = new TestRelay();
        for (var i = 0; i < 60; i++)
        {
            await test.DeliverAsync($"{i}");
        }

        await test.DeliverAsync("30");
        await using var again = test.Send("58", length: 1);

        string[] expected = ["30", "59", .. Enumerable.Range(0, 58).Reverse().Where(static i => i != 30).Select(static i => $"{i}")];
        Assert.Equal(expected.Take(50), test.Token.Channel.GetSnapshot().Recent.Select(static past => past.Name));
        test.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Empty(test.Token.Channel.GetSnapshot().Recent);
    }

    /// <summary>What a look shows, without how old it is.</summary>
    private static string Look(BeamChannel channel)
    {
        var snapshot = channel.GetSnapshot();
        return JsonSerializer.Serialize(
            snapshot with { Transfers = [.. snapshot.Transfers.Select(WithoutAge)] },
            Indented);
    }

    private static TransferStatus WithoutAge(TransferStatus status) => status with { Transfer = status.Transfer with { Age = default } };
}
