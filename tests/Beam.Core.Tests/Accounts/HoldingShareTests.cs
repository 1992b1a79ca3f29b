using Beam.Accounts;
using Beam.Buffering;
using Beam.Core.Tests.Transfers;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Core.Tests.Accounts;

/// <summary>Files that are handed in have a share of their own: those who are there themselves always find room.</summary>
[Trait("Rule", "P38")]
public sealed class HoldingShareTests : IDisposable
{
    private const int Megabyte = 1_000_000;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Transfers_FindPlaces_HoweverManyFilesAreHandedIn()
    {
        using var test = new TestRelay(static options => options.MaxTransfers = 20);
        for (var i = 0; i < 10; i++)
        {
            Assert.Null(await HandInAsync(test, 0, token: await MintAsync(test)));
        }

        Assert.Equal(TransferError.TooManyHeld, await HandInAsync(test, 0, token: await MintAsync(test)));
        Assert.Equal((10, 10, 0), test.Ledger.Find());
        for (var i = 0; i < 10; i++)
        {
            Assert.True(test.Relay.JoinAsSender(await MintAsync(test), "live", new TransferDescription()).IsJoined);
        }

        Assert.Equal(TransferError.TooManyTransfers, test.RefusalOfSender());
    }

    [Fact]
    public async Task Transfers_FindMemory_HoweverMuchIsHandedIn()
    {
        using var test = new TestRelay(static options => options.MemoryBudgetBytes = 16 * 1024 * 1024);
        var refused = 0;
        for (var i = 0; i < 3; i++)
        {
            refused += await HandInAsync(test, 4 * 1024 * 1024, token: await MintAsync(test)) is null ? 0 : 1;
        }

        Assert.InRange(test.Budgets.Memory.UsedBytes, 4 * 1024 * 1024, 8 * 1024 * 1024);
        Assert.Equal(test.Ledger.Find().Bytes, test.Budgets.Memory.UsedBytes);
        Assert.InRange(refused, 1, 2);
        Assert.False(test.Budgets.Memory.IsUnderPressure);
        for (var i = 0; i < 60; i++)
        {
            // Each of them reads ahead as much as a transfer may that nobody receives.
            var sender = test.Send("live", token: await MintAsync(test));
            await sender.WriteAsync(0, 64 * 1024);
            await Eventually.TrueAsync(() => test.Relay.GetSnapshot().Transfers.Any(
                transfer => transfer.Id == sender.Lease.TransferId && transfer.Held.To == 64 * 1024), "the bytes are there");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Files_TakeNoMoreOfTheDisk_ThanTheirShare(bool isDeclared)
    {
        using var test = CreateOnDisk(static options => options.MaxHeldBytes = 5 * Megabyte);
        Assert.Null(await HandInAsync(test, 3 * Megabyte, isDeclared, token: await MintAsync(test)));

        Assert.Equal(TransferError.NoRoom, await HandInAsync(test, 3 * Megabyte, isDeclared, token: await MintAsync(test)));

        Assert.InRange(test.Budgets.Disk.UsedBytes, 3 * Megabyte, (3 * Megabyte) + (12 * 1024));
        await using var spilling = test.Send("live", token: await MintAsync(test));
        await spilling.WriteAsync(0, 20 * Megabyte);
        await Eventually.TrueAsync(
            () => test.Relay.GetSnapshot().Transfers.Any(static transfer => transfer.Held.To == 20 * Megabyte),
            "the rest of the disk is for others");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Channel_HoldsNoMore_ThanItsPart(bool onDisk, bool isDeclared)
    {
        using var test = onDisk ? CreateOnDisk(Limit) : new TestRelay(Limit);
        Assert.Null(await HandInAsync(test, Megabyte, name: "a"));

        Assert.Equal(TransferError.ChannelHoldsTooMuch, await HandInAsync(test, Megabyte, isDeclared, name: "b"));
        Assert.Null(await HandInAsync(test, 100, name: "c"));
        Assert.Null(await HandInAsync(test, 100, name: "d"));
        Assert.Equal(TransferError.ChannelHoldsTooMuch, await HandInAsync(test, 0, isDeclared, name: "e"));
        Assert.Equal(TransferError.TooLargeToHold, await HandInAsync(test, 2 * Megabyte, name: "f"));
        Assert.Null(await HandInAsync(test, Megabyte, token: await MintAsync(test)));
        Assert.Equal(3, test.Ledger.Find(test.Token.Channel).Files);

        // One that goes makes room.
        Assert.Equal(TransferError.None, test.Relay.Cancel(test.Token, "a"));
        await Eventually.TrueAsync(() => test.Ledger.Find(test.Token.Channel).Files == 2, "its place is given back");
        Assert.Null(await HandInAsync(test, Megabyte, isDeclared, name: "g"));

        static void Limit(BeamOptions options)
        {
            options.MemoryBudgetBytes = 16 * Megabyte;
            options.MaxHeldBytesPerToken = 1_800_000;
            options.MaxHeldFilesPerToken = 3;
        }
    }

    [Fact]
    public async Task Channel_HasWaitingTransfers_BesideItsFiles()
    {
        using var test = new TestRelay(static options => options.MaxWaitingTransfersPerToken = 2);
        Assert.Null(await HandInAsync(test, 0, name: "a"));
        Assert.Null(await HandInAsync(test, 0, name: "b"));
        Assert.Equal(TransferError.ChannelHoldsTooMuch, await HandInAsync(test, 0, name: "c"));

        await using var one = test.Send("d");
        await using var two = test.Send("e");
        Assert.Equal(TransferError.TooManyWaiting, test.RefusalOfSender("f"));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Account_HoldsNoMore_ThanItsPart(bool onDisk, bool isDeclared)
    {
        var one = new RelayAccount("192.0.2.1/32") { MaxTransfers = 4, MaxHeldFiles = 2, MaxHeldBytes = 1_800_000 };
        var other = one with { MaxHeldFiles = 1 };
        using var test = onDisk ? CreateOnDisk() : new TestRelay(static options => options.MemoryBudgetBytes = 16 * Megabyte);
        Assert.Null(await HandInAsync(test, Megabyte, token: await MintAsync(test), account: one));

        // Another token does not help.
        var refused = await HandInAsync(test, Megabyte, isDeclared, token: await MintAsync(test), account: one);
        Assert.Equal(TransferError.AccountHoldsTooMuch, refused);
        Assert.Null(await HandInAsync(test, 100, token: await MintAsync(test), account: one));
        Assert.Equal(TransferError.AccountHoldsTooMuch, await HandInAsync(test, 0, token: await MintAsync(test), account: one));
        Assert.Equal(TransferError.AccountHoldsTooMuch, await HandInAsync(test, 0, token: await MintAsync(test), account: other));
        Assert.Null(await HandInAsync(test, Megabyte, token: await MintAsync(test)));

        // What it sends otherwise counts with that.
        await using var three = test.Send("live", null, new SendTerms { Account = one });
        await using var four = test.Send("live too", null, new SendTerms { Account = one });
        var fifth = test.Relay.JoinAsSender(test.Token, "five", new TransferDescription(), new SendTerms { Account = one });
        Assert.Equal(TransferError.TooManyOfAccount, fifth.Error);
        Assert.Equal((4, 2), (test.Ledger.Find(one.Name).Transfers, test.Ledger.Find(one.Name).Files));
    }

    [Fact]
    public async Task Account_IsCharged_WithoutAConnection_UntilTheTransferHasEnded()
    {
        var account = new RelayAccount("one") { MaxTransfers = 1 };
        var terms = new SendTerms { Account = account, EndsFile = false };
        using var test = new TestRelay(static options => options.ResumeTimeout = TimeSpan.FromMinutes(2));
        await using (var piece = test.Send("file", null, terms))
        {
            await piece.WriteAsync(0, 10);
            await piece.CompleteAsync();
            await piece.Result.Soon();
        }

        Assert.Equal(TransferError.TooManyOfAccount, Join("other"));

        // It is charged to the account that began it, also when another one goes on.
        await using (var goesOn = await test.ResumeAsync(10, terms: terms with { Account = account with { MaxTransfers = 0 } }))
        {
            Assert.Equal((1, 0, 0), test.Ledger.Find("one"));
        }

        test.Clock.Advance(TimeSpan.FromMinutes(2));
        await Eventually.TrueAsync(() => test.Relay.TransferCount == 0, "nobody has come back");
        Assert.Equal(default, test.Ledger.Find("one"));
        Assert.Equal(TransferError.None, Join("other"));

        TransferError Join(string name) => test.Relay.JoinAsSender(test.Token, name, new TransferDescription(), terms).Error;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task Sender_ThatBeginsAnew_NeedsNoSecondPlace(int bytes)
    {
        var terms = new SendTerms { HandsIn = true, Account = new RelayAccount("one") { MaxTransfers = 1, MaxHeldFiles = 1 } };
        using var test = new TestRelay(static options =>
        {
            options.ResumeTimeout = TimeSpan.FromMinutes(2);
            options.MaxHeldFilesPerToken = 2;
            options.MaxHeldFiles = 2;
        });
        for (var turn = 0; turn < 3; turn++)
        {
            await using var broken = test.Send("file", 1_000, terms);
            await broken.WriteAsync(0, bytes);
            await Eventually.TrueAsync(() => test.Relay.GetSnapshot().Transfers.Any(each => each.Held.To == bytes), "they are there");
        }

        await Eventually.TrueAsync(() => test.Relay.TransferCount == 1, "those before have gone");
        Assert.Equal((1, 1), (test.Ledger.Find("one").Transfers, test.Ledger.Find().Files));
        Assert.Equal(TransferError.TooManyOfAccount, await HandInAsync(test, 0, name: "other", account: terms.Account));
    }

    [Fact]
    public async Task UntouchedTransfer_PassesToTheAccountOfTheNextSender()
    {
        using var test = new TestRelay(static options => options.ResumeTimeout = TimeSpan.FromMinutes(2));
        await test.Send("file", 1_000, new SendTerms { Account = new RelayAccount("one") }).DisposeAsync();
        Assert.Equal((1, 0, 0), test.Ledger.Find("one"));
        var full = new SendTerms { Account = new RelayAccount("two") { MaxTransfers = 0 } };
        Assert.Equal(
            TransferError.TooManyOfAccount,
            test.Relay.JoinAsSender(test.Token, "file", new TransferDescription(1_000), full).Error);
        Assert.Equal((1, 0, 0), test.Ledger.Find("one"));

        await using var next = test.Send("file", 1_000, new SendTerms { Account = new RelayAccount("two") });

        Assert.Equal(default, test.Ledger.Find("one"));
        Assert.Equal((1, 0, 0), test.Ledger.Find("two"));
    }

    [Theory]
    [InlineData("delivered")]
    [InlineData("cancelled")]
    [InlineData("expired")]
    [InlineData("revoked")]
    [InlineData("cut")]
    public async Task Charge_EndsWithTheFile(string how)
    {
        foreach (var onDisk in (bool[])[false, true])
        {
            using var test = onDisk ? CreateOnDisk() : new TestRelay();
            var minted = (await test.Relay.Tokens.MintAsync())!;
            Assert.Null(await HandInAsync(test, 100_000, token: minted.Token, account: new RelayAccount("one")));
            Assert.InRange(test.Ledger.Find("one").Bytes, 100_000, 250_000);
            switch (how)
            {
                case "delivered":
                    await using (var receiver = test.Receive(token: minted.Token))
                    {
                        Assert.Equal(100_000, await receiver.TakeAllAsync());
                        receiver.Lease.FinishDelivery(DeliveryStatus.Sent);
                    }

                    break;
                case "cancelled":
                    Assert.Equal(TransferError.None, test.Relay.Cancel(minted.Token, "file"));
                    break;
                case "revoked":
                    await test.Relay.RevokeAsync(minted.Token);
                    break;
                case "expired":
                    test.Clock.Advance(TimeSpan.FromHours(24));
                    break;
                default:
                    test.Relay.CutAll();
                    break;
            }

            await Eventually.TrueAsync(() => test.Relay.TransferCount == 0, "it is gone");
            Assert.Equal(default, test.Ledger.Find());
            Assert.Equal(default, test.Ledger.Find("one"));
            Assert.Equal(default, test.Ledger.Find(minted.Token.Channel));
        }
    }

    [Fact]
    public async Task Files_CountAgain_AfterARestart_AndAreServed_WhateverTheLimitsAreNow()
    {
        var account = new RelayAccount("192.0.2.1/32") { MaxHeldFiles = 3, MaxHeldBytes = 3 * Megabyte };
        MintedToken minted;
        using (var first = CreateOnDisk())
        {
            minted = first.Minted;
            foreach (var name in (string[])["a", "b", "c"])
            {
                Assert.Null(await HandInAsync(first, 500_000, name: name, account: account));
            }
        }

        using var second = CreateOnDisk(static options =>
        {
            options.MaxHeldFiles = 2;
            options.MaxHeldFilesPerToken = 1;
            options.MaxHeldBytes = 100_000;
            options.DiskBudgetBytes = 1024 * 1024;
        });
        var token = second.Relay.Tokens.Find(minted.Secret)!;
        var bytes = 3 * DiskLease.BytesOfFile(500_000);
        Assert.Equal((3, 3, bytes), second.Ledger.Find());
        Assert.Equal((3, 3, bytes), second.Ledger.Find(token.Channel));
        Assert.Equal((3, 3, bytes), second.Ledger.Find(account.Name));
        Assert.Equal(TransferError.TooManyHeld, await HandInAsync(second, 0, token: await MintAsync(second)));
        foreach (var name in (string[])["b", "a", "c"])
        {
            await using var receiver = second.Receive(name, token: token);
            Assert.Equal(500_000, await receiver.TakeAllAsync());
            receiver.Lease.FinishDelivery(DeliveryStatus.Sent);
        }

        await Eventually.TrueAsync(() => second.Relay.TransferCount == 0, "they are delivered");
        Assert.Equal(default, second.Ledger.Find(account.Name));
        second.AssertNothingIsLeft();
        Assert.Null(await HandInAsync(second, 0, token: await MintAsync(second)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Log_ThatTheApplicationMakes_IsCountedByItsBytes(bool isDeclared)
    {
        using var test = new TestRelay(
            static options => options.MaxHeldBytesPerToken = 50_000,
            static services => services.AddSingleton<IChunkBufferFactory, FragileBuffers>());
        Assert.Null(await HandInAsync(test, 30_000, name: "a"));
        Assert.Equal((1, 1, DiskLease.BytesOfFile(30_000)), test.Ledger.Find(test.Token.Channel));

        Assert.Equal(TransferError.ChannelHoldsTooMuch, await HandInAsync(test, 30_000, isDeclared, name: "b"));
        Assert.Equal(1, test.Ledger.Find(test.Token.Channel).Files);
    }

    [Fact]
    public void Shares_AreHalf_UnlessTheOptionsSayMore()
    {
        Assert.Equal(new HoldingShares(5_000, 128L << 20, 100, 96L << 20), HoldingShares.Of(new BeamOptions()));
        Assert.Equal(
            new HoldingShares(5_000, 5L << 30, 100, 15L << 28),
            HoldingShares.Of(new BeamOptions { SpillDirectory = "spill" }));
        var own = new BeamOptions { MaxHeldFiles = 1, MaxHeldBytes = 2, MaxHeldFilesPerToken = 3, MaxHeldBytesPerToken = 4 };
        Assert.Equal(new HoldingShares(1, 2, 3, 4), HoldingShares.Of(own));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\n")]
    [InlineData("ä")]
    public void Account_HasAPlainName(string name) => Assert.Throws<ArgumentException>(() => new RelayAccount(name));

    private static async Task<Token> MintAsync(TestRelay test) => (await test.Relay.Tokens.MintAsync())!.Token;

    /// <summary>Hands a file in.</summary>
    /// <returns>Why it was not accepted; <see langword="null"/> when it was. Then the relay holds nothing of it.</returns>
    private static async Task<TransferError?> HandInAsync(
        TestRelay test,
        int bytes,
        bool isDeclared = true,
        string name = "file",
        Token? token = null,
        RelayAccount? account = null)
    {
        var before = test.Ledger.Find();
        var (memory, disk) = (test.Budgets.Memory.UsedBytes, test.Budgets.Disk.UsedBytes);
        var terms = new SendTerms { HandsIn = true, Account = account };
        var description = new TransferDescription(isDeclared ? bytes : null);
        var joined = test.Relay.JoinAsSender(token ?? test.Token, name, description, terms);
        var error = joined.Error;
        if (joined.Lease is { } lease)
        {
            Assert.Equal(before.Files + 1, test.Ledger.Find().Files);
            await using var sender = new TestSender(lease);
            await sender.WriteAsync(0, bytes);
            await sender.CompleteAsync();
            var result = await sender.Result.Soon();
            Assert.Equal(result.Error == TransferError.None, result.HandedInUntil is not null);
            error = result.Error;
        }

        if (error == TransferError.None)
        {
            return null;
        }

        Assert.Equal((before, memory, disk), (test.Ledger.Find(), test.Budgets.Memory.UsedBytes, test.Budgets.Disk.UsedBytes));
        return error;
    }

    private TestRelay CreateOnDisk(Action<BeamOptions>? configure = null) => new(options =>
    {
        options.SpillDirectory = _folder["spill"];
        options.DiskBudgetBytes = 32 * Megabyte;
        configure?.Invoke(options);
    });
}
