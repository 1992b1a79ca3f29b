using Beam.Accounts;
using Beam.Buffering;
using Beam.Transfers;

namespace Beam.Core.Tests.Accounts;

/// <summary>Opened, taken, returned and closed in any order: the ledger knows what is held, and lets nobody over a limit.</summary>
[Trait("Rule", "P38")]
public sealed class HoldingLedgerTests
{
    private static readonly HoldingShares Shares = new(Files: 5, Bytes: 100_000, FilesPerToken: 3, BytesPerToken: 60_000);
    private static readonly object[] Channels = [new(), new(), new()];

    private static readonly RelayAccount?[] Accounts =
    [
        null,
        new("wide"),
        new("narrow") { MaxTransfers = 4, MaxHeldFiles = 2, MaxHeldBytes = 30_000 },
        new("none") { MaxTransfers = 0 },
    ];

    [Fact]
    public void Books_SayWhatIsHeld_AndKeepTheLimits_AfterEveryStep()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            Play(new Random(seed), $"Seed {seed}");
        }
    }

    [Fact]
    public void Limits_SayWhoseTheyAre()
    {
        var ledger = new HoldingLedger(Shares);
        var narrow = Accounts[2];

        Assert.Equal(TransferError.NoRoom, Refusal(Accounts[1], 100_001));
        Assert.Equal(TransferError.TooLargeToHold, Refusal(Accounts[1], 60_001));
        Assert.Equal(TransferError.TooLargeToHold, Refusal(narrow, 30_001));
        Assert.Equal(TransferError.TooManyOfAccount, ledger.Open(Channels[0], Accounts[3], new ChunkBufferTerms()).Error);

        // Once one's own bytes are used up, an unknown length is too much, too.
        using var first = ledger.Open(Channels[0], narrow, Held(null)).Charge!;
        Assert.False(first.TryTake(30_001));
        Assert.Equal(TransferError.TooLargeToHold, first.Obstacle);
        Assert.True(first.TryTake(30_000));
        Assert.Equal(TransferError.None, first.Obstacle);
        Assert.Equal(TransferError.AccountHoldsTooMuch, Refusal(narrow, null));
        Assert.Equal(TransferError.None, ledger.Open(Channels[0], narrow, new ChunkBufferTerms(30_000)).Error);
        Assert.Equal(TransferError.ChannelHoldsTooMuch, Refusal(null, 30_000));

        using var second = ledger.Open(Channels[1], null, Held(null)).Charge!;
        Assert.False(second.TryTake(60_001));
        Assert.Equal(TransferError.TooLargeToHold, second.Obstacle);
        Assert.True(second.TryTake(60_000));
        using var third = ledger.Open(Channels[2], null, Held(null)).Charge!;
        Assert.False(third.TryTake(10_001));
        Assert.Equal(TransferError.NoRoom, third.Obstacle);
        using var fourth = ledger.Open(Channels[2], null, Held(1)).Charge!;
        using var fifth = ledger.Open(Channels[2], null, Held(1)).Charge!;
        Assert.Equal(TransferError.TooManyHeld, Refusal(null, 1));

        TransferError Refusal(RelayAccount? account, long? length) => ledger.Open(Channels[0], account, Held(length)).Error;
    }

    [Fact]
    public void HandingIn_ThatIsOff_IsNoReasonToComeAgain()
    {
        var none = new HoldingLedger(Shares with { Files = 0 });
        var noneOfToken = new HoldingLedger(Shares with { FilesPerToken = 0 });

        Assert.Equal(TransferError.NoRoom, none.Open(Channels[0], null, Held(1)).Error);
        Assert.Equal(TransferError.NoRoom, noneOfToken.Open(Channels[0], null, Held(1)).Error);
    }

    [Fact]
    public void Replacement_NeedsNoRoomBeside()
    {
        var ledger = new HoldingLedger(Shares);
        var account = new RelayAccount("one") { MaxTransfers = 1, MaxHeldFiles = 1, MaxHeldBytes = 30_000 };
        using var before = ledger.Open(Channels[0], account, Held(20_000)).Charge!;
        Assert.True(before.TryTake(24_576));

        Assert.Equal(TransferError.TooManyOfAccount, ledger.Open(Channels[0], account, Held(20_000)).Error);
        using var after = ledger.Open(Channels[0], account, Held(20_000), before).Charge!;
        before.Dispose();

        Assert.Equal((1, 1, 0), ledger.Find("one"));
        Assert.True(after.TryTake(24_576));
    }

    [Fact]
    public void FilesOfAFormerProcess_Count_AndTakeTheRoomOfOthers()
    {
        var ledger = new HoldingLedger(Shares);
        var restored = Enumerable.Range(0, 7).Select(_ => ledger.Restore(Channels[0], "narrow", 50_000)).ToList();

        Assert.Equal((7, 7, 350_000), ledger.Find());
        Assert.Equal((7, 7, 350_000), ledger.Find("narrow"));
        Assert.Equal(TransferError.TooManyHeld, ledger.Open(Channels[1], null, Held(1)).Error);
        Assert.Equal(TransferError.TooManyOfAccount, ledger.Open(Channels[1], Accounts[2], new ChunkBufferTerms()).Error);

        restored.ForEach(static charge => charge.Dispose());
        Assert.Equal(default, ledger.Find());
        Assert.Equal(default, ledger.Find("narrow"));
    }

    private static ChunkBufferTerms Held(long? length) => new(length, HoldsAll: true);

    private static void Play(Random random, string what)
    {
        var ledger = new HoldingLedger(Shares);
        var open = new List<(HoldingCharge? Charge, object Channel, RelayAccount? Account, bool IsHeld, long Bytes)>();
        for (var step = 0; step < 60; step++)
        {
            var (channel, account) = (Channels[random.Next(3)], Accounts[random.Next(4)]);
            var index = random.Next(open.Count + 1);
            var isThere = index < open.Count;
            switch (random.Next(6))
            {
                case 0 or 1:
                    var terms = new ChunkBufferTerms(random.Next(3) == 0 ? null : random.NextInt64(20_000), random.Next(3) > 0);
                    var (error, charge) = ledger.Open(channel, account, terms);
                    Assert.True(error == TransferError.None || charge is null, what);
                    if (error == TransferError.None)
                    {
                        open.Add((charge, channel, account, terms.HoldsAll, 0));
                    }

                    break;

                case 2 or 3 when isThere && open[index] is { IsHeld: true } taker:
                    var bytes = random.Next(20) == 0 ? long.MaxValue - random.Next(3) : random.NextInt64(30_000);
                    if (taker.Charge!.TryTake(bytes))
                    {
                        open[index] = taker with { Bytes = taker.Bytes + bytes };
                    }

                    break;

                case 4 when isThere && open[index] is { IsHeld: true } giver:
                    var returned = random.NextInt64(giver.Bytes + 1);
                    giver.Charge!.Return(returned);
                    open[index] = giver with { Bytes = giver.Bytes - returned };
                    break;

                case 5 when isThere:
                    open[index].Charge?.Dispose();
                    open[index].Charge?.Dispose();
                    open.RemoveAt(index);
                    break;

                default:
                    break;
            }

            Check(null, static _ => true, Shares.Files, Shares.Bytes);
            Array.ForEach(Channels, each => Check(each, one => one.Channel == each, Shares.FilesPerToken, Shares.BytesPerToken));
            foreach (var each in Accounts.OfType<RelayAccount>())
            {
                var mine = open.FindAll(one => one.Account == each);
                Assert.Equal((mine.Count, mine.Count(static one => one.IsHeld), mine.Sum(static one => one.Bytes)), ledger.Find(each.Name));
                Assert.True(mine.Count <= (each.MaxTransfers ?? int.MaxValue), what);
                Assert.True(mine.Count(static one => one.IsHeld) <= (each.MaxHeldFiles ?? int.MaxValue), what);
                Assert.True(mine.Sum(static one => one.Bytes) <= (each.MaxHeldBytes ?? long.MaxValue), what);
            }
        }

        open.ForEach(static one => one.Charge?.Dispose());
        Assert.All([null, .. Channels, .. Accounts.Select(static each => each?.Name)], key => Assert.Equal(default, ledger.Find(key)));

        void Check(
            object? key,
            Func<(HoldingCharge? Charge, object Channel, RelayAccount? Account, bool IsHeld, long Bytes), bool> isMine,
            int files,
            long bytes)
        {
            var held = open.Where(one => one.IsHeld && isMine(one)).ToList();
            Assert.Equal((held.Count, held.Count, held.Sum(static one => one.Bytes)), ledger.Find(key));
            Assert.True(held.Count <= files && held.Sum(static one => one.Bytes) <= bytes, what);
        }
    }
}
