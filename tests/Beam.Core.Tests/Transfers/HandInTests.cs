using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam.Core.Tests.Transfers;

/// <summary>
/// A sender hands its file in and leaves; the file waits for its receiver, also across a restart when there is a disk for it.
/// </summary>
[Trait("Rule", "P13")]
public sealed class HandInTests : IDisposable
{
    private static readonly SendTerms HandsIn = new() { HandsIn = true };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task File_WaitsForItsReceiver_AndIsGoneAfterwards(bool onDisk)
    {
        using var test = Create(onDisk);
        await HandInAsync(test, 3_000_000);
        await using (var receiver = test.Receive())
        {
            Assert.Equal(3_000_000, await receiver.TakeAllAsync());
            receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        }

        test.AssertNothingIsLeft();
        Assert.Empty(Kept());
        Assert.True(test.Relay.JoinAsReceiver(test.Token, "file").Past!.IsSuccess);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task File_GoesWithoutATrace_AfterItsDeadline(bool onDisk)
    {
        using var test = Create(onDisk);
        var until = await HandInAsync(test, 100_000);
        Assert.Equal(test.Clock.GetUtcNow() + TimeSpan.FromHours(2), until);

        test.Clock.Advance(TimeSpan.FromHours(2) - TimeSpan.FromSeconds(1));
        Assert.Equal(1, test.Relay.TransferCount);
        test.Clock.Advance(TimeSpan.FromSeconds(1));

        await Eventually.TrueAsync(() => test.Relay.TransferCount == 0, "the file is gone");
        test.AssertNothingIsLeft();
        Assert.Empty(Kept());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sender_IsRefusedAtOnce_WhenTheFileCannotBeHeld(bool onDisk)
    {
        using var test = Create(onDisk);
        var refused = test.Relay.JoinAsSender(test.Token, "file", new TransferDescription(40_000_000), HandsIn);

        Assert.Equal(TransferError.NoRoom, refused.Error);
        test.AssertNothingIsLeft();
        Assert.Empty(Kept());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sender_ThatDidNotSayHowMuch_HearsWhenThereIsNoMoreRoom(bool onDisk)
    {
        using var test = Create(onDisk);
        await using (var sender = test.Send("file", length: null, HandsIn))
        {
            await sender.WriteAsync(0, 40_000_000);
            Assert.Equal(TransferError.NoRoom, (await sender.Outcome.Soon()).Error);
        }

        test.AssertNothingIsLeft();
        Assert.Empty(Kept());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30_000_000)]
    [InlineData(TransferDescription.LargestLength)]
    [Trait("Rule", "P5")]
    public async Task SenderThatDeclaresAndSendsNothing_HoldsNothing(long length)
    {
        using var test = Create(onDisk: true);
        await HandInAsync(test, 10, name: "small");
        var before = test.Budgets.Disk.UsedBytes;
        var joined = test.Relay.JoinAsSender(test.Token, "file", new TransferDescription(length), HandsIn);

        Assert.Equal(before, test.Budgets.Disk.UsedBytes);
        Assert.Equal(length > 30_000_000 ? TransferError.NoRoom : TransferError.None, joined.Error);
        Assert.Equal(length > 30_000_000 ? 4 : 5, _folder.Files().Count);
        Assert.True(_folder.Files().Sum(file => new FileInfo(_folder[file]).Length) < 4_000);
        await HandInAsync(test, 20_000_000, name: "large");
        await (joined.Lease?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Rule", "P5")]
    public async Task FileOfAFewBytes_CostsAFewBytes(bool isDeclared)
    {
        using var test = Create(onDisk: true);
        for (var i = 1; i <= 20; i++)
        {
            await HandInAsync(test, 6, new TransferDescription(isDeclared ? 6 : null), name: $"{i}");

            // The bytes and the entry of each, and what is written of the channel once.
            Assert.Equal(((i * 2) + 1) * 4096, test.Budgets.Disk.UsedBytes);
        }

        test.Relay.Cancel(test.Token, "1");
        await Eventually.TrueAsync(() => test.Budgets.Disk.UsedBytes == ((19 * 2) + 1) * 4096, "what it took is given back");
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    [InlineData(20_000_000)]
    [Trait("Rule", "P5")]
    public async Task Lease_FollowsTheBytes(int bytes)
    {
        using var test = Create(onDisk: true);
        await using var sender = test.Send("file", length: null, HandsIn);
        await sender.WriteAsync(0, bytes);
        await Eventually.TrueAsync(() => test.Relay.GetSnapshot().Transfers[0].Held.To == bytes, "they have come");

        Assert.InRange(test.Budgets.Disk.UsedBytes, bytes, (2 * bytes) + 100_000);
    }

    [Fact]
    public async Task Files_AsLargeAsTheBudget_AreHeld()
    {
        using var test = Create(onDisk: true);
        await HandInAsync(test, (32 * 1024 * 1024) - (2 * 4096));
        Assert.Equal(32 * 1024 * 1024, test.Budgets.Disk.UsedBytes);
        Assert.Equal(
            TransferError.NoRoom,
            test.Relay.JoinAsSender(test.Token, "other", new TransferDescription(1), HandsIn).Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Receiver_ThatGivesUp_LeavesTheFileToTheNext(bool onDisk)
    {
        using var test = Create(onDisk);
        // Several pieces, so that the last of them is not on its way when the receiver goes.
        await HandInAsync(test, 2_000_000);
        await using (var first = test.Receive())
        {
            await first.TakeSomeAsync();
            await first.AbortAsync();
            await first.Lease.Ended.Soon();
        }

        await using var second = test.Receive();
        Assert.Equal(2_000_000, await second.TakeAllAsync());
        second.Lease.FinishDelivery(DeliveryStatus.Confirmed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sender_ThatMissedTheAnswer_HearsItAgain(bool onDisk)
    {
        using var test = Create(onDisk, resumeTimeout: TimeSpan.FromMinutes(2));
        var until = await HandInAsync(test, 100_000);
        test.Clock.Advance(TimeSpan.FromMinutes(10));

        await using var again = await test.ResumeAsync(100_000, length: 100_000, terms: HandsIn);
        await again.CompleteAsync();

        // What was promised is not promised anew.
        Assert.Equal(until, (await again.Result.Soon()).HandedInUntil);
        Assert.False(test.Relay.GetSnapshot().Transfers[0].IsSenderConnected);
    }

    [Fact]
    public async Task Receiver_ThatIsAwayAndCancels_LeavesTheFileToOneThatWaits()
    {
        using var test = Create(onDisk: true, resumeTimeout: TimeSpan.FromMinutes(2));
        await HandInAsync(test, 2_000_000);
        var link = (await test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.Receive))!.Token;
        await using (var first = test.Receive(token: link))
        {
            await first.TakeSomeAsync();
            await first.AbortAsync();
            await first.Lease.Ended.Soon();
        }

        Assert.Equal(TransferError.None, test.Relay.Cancel(link, "file"));
        await using var second = test.Receive();
        Assert.Equal(2_000_000, await second.TakeAllAsync());
    }

    [Fact]
    [Trait("Rule", "P23")]
    public async Task Sender_CannotHandInTheRest_WhenTheFileWasNotBegunForThat()
    {
        using var test = new TestRelay(static options => options.ResumeTimeout = TimeSpan.FromMinutes(1));
        await using (var begins = test.Send("file", length: null, new SendTerms { EndsFile = false }))
        {
            await begins.WriteAsync(0, 1_000);
            await begins.CompleteAsync();
            await begins.Result.Soon();
        }

        // By now the relay may hold only the end of it.
        Assert.Equal(TransferError.TermsChanged, (await test.Relay.ResumeAsSenderAsync(test.Token, "file", 1_000, null, HandsIn)).Error);

        await using var ends = await test.ResumeAsync(1_000);
        await ends.CompleteAsync();
        await using var receiver = test.Receive();
        Assert.Equal(1_000, await receiver.TakeAllAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Rule", "P23")]
    public async Task File_IsAccepted_AfterATryThatBrokeOffBeforeItsFirstByte(bool onDisk)
    {
        using var test = Create(onDisk, resumeTimeout: TimeSpan.FromMinutes(2));
        await test.Send(length: 5_000_000).DisposeAsync();
        await using var receiver = test.Receive();

        await HandInAsync(test, 100_000);

        Assert.Equal(100_000, await receiver.TakeAllAsync());
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Rule", "P23")]
    public async Task File_IsNotHeld_AfterATryToHandItInThatBrokeOffBeforeItsFirstByte(bool onDisk)
    {
        using var test = Create(onDisk, resumeTimeout: TimeSpan.FromMinutes(2));
        await test.Send("file", length: 1_000_000, HandsIn).DisposeAsync();

        await using var sender = test.Send(length: 10_000_000, wait: TimeSpan.FromSeconds(30));
        Assert.Equal(10_000_000, test.Relay.GetSnapshot().Transfers[0].Length);
        await sender.WriteAsync(0, 10_000_000);
        await using var receiver = test.Receive(pipe: PipeOptionsChoice.Unlimited);
        await sender.CompleteAsync();
        Assert.Equal(10_000_000, await receiver.TakeAllAsync());
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.True((await sender.Outcome.Soon()).IsSuccess);
    }

    [Fact]
    public async Task Name_StaysTaken_WhileTheFileWaits()
    {
        using var test = Create(onDisk: false);
        await HandInAsync(test, 1_000);
        Assert.Equal(TransferError.NameInUse, test.RefusalOfSender());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task File_IsFoundAgain_AfterARestart(bool isOrderly)
    {
        var first = Create(onDisk: true);
        var readOnly = first.Relay.Tokens.MintSubTokenAsync(first.Token, TokenRights.Receive).AtOnce()!;
        await HandInAsync(first, 3_000_000, new TransferDescription(3_000_000, "text/x-test", "zz"));
        string id;
        await using (var receiver = first.Receive())
        {
            await receiver.TakeSomeAsync();
            id = receiver.Lease.TransferId;
        }

        // A process that is killed closes its files and does nothing else.
        var copy = isOrderly ? null : Copy();
        first.Dispose();
        copy?.Invoke();

        using var second = Create(onDisk: true);
        Assert.Null(second.Relay.Tokens.Find("wrong"));
        var token = second.Relay.Tokens.Find(readOnly.Secret);
        Assert.NotNull(token);
        Assert.Equal(TokenRights.Receive, token.Rights);
        await using (var receiver = second.Receive("file", new ReceiveTerms { From = 1_000_000, TransferId = id }, token))
        {
            Assert.Equal(2_000_000, await receiver.TakeAllAsync(1_000_000));
            Assert.Equal(new TransferDescription(3_000_000, "text/x-test", "zz"), receiver.Lease.Description);
            receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        }

        Assert.Empty(Kept());
        Assert.Equal(0, second.Relay.TransferCount);
        Assert.Equal(0, second.Budgets.Disk.UsedBytes);
    }

    [Fact]
    public async Task SeveralFilesOfOneChannel_AreFoundAgain()
    {
        MintedToken minted;
        using (var first = Create(onDisk: true))
        {
            minted = first.Minted;
            await HandInAsync(first, 1_000, name: "a");
            await HandInAsync(first, 2_000, name: "b");
        }

        using var second = Create(onDisk: true);
        var token = second.Relay.Tokens.Find(minted.Secret)!;
        foreach (var (name, length) in new[] { ("b", 2_000), ("a", 1_000) })
        {
            await using var receiver = second.Receive(name, new ReceiveTerms(), token);
            Assert.Equal(length, await receiver.TakeAllAsync());
            receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        }
    }

    [Theory]
    [InlineData(".beamheld", "cut")]
    [InlineData(".beamheld", "empty")]
    [InlineData(".beamheld", "headless")]
    [InlineData(".beamentry", "cut")]
    [InlineData(".beamentry", "empty")]
    [InlineData(".beamentry", "headless")]
    [InlineData(".beamentry", "flipped")]
    public async Task DamagedFile_IsDropped_WithOneLine(string extension, string damage)
    {
        using (var first = Create(onDisk: true))
        {
            await HandInAsync(first, 100_000);
        }

        var path = _folder[Assert.Single(_folder.Files(), file => file.EndsWith(extension, StringComparison.Ordinal))];
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[^60] ^= damage == "flipped" ? (byte)1 : (byte)0;
        await File.WriteAllBytesAsync(path, damage switch
        {
            "cut" => bytes[..^1],
            "empty" => [],
            "headless" => bytes[1..],
            _ => bytes,
        });

        using var second = Create(onDisk: true);
        Assert.Equal(0, second.Relay.TransferCount);
        Assert.Single(second.Logs.AtLeast(LogLevel.Warning));
        Assert.Empty(Kept());
        Assert.Equal(0, second.Budgets.Disk.UsedBytes);
    }

    [Fact]
    public async Task FileOfTheVersionBefore_IsDropped_WithOneLine()
    {
        using (var first = Create(onDisk: true))
        {
            await HandInAsync(first, 1_000);
        }

        // Its entry stood behind the bytes, in the same file.
        File.Delete(_folder[Assert.Single(_folder.Files(), static file => file.EndsWith(".beamentry", StringComparison.Ordinal))]);
        using var second = Create(onDisk: true);
        Assert.Equal(0, second.Relay.TransferCount);
        Assert.Single(second.Logs.AtLeast(LogLevel.Warning));
        Assert.Empty(Kept());
    }

    [Fact]
    public async Task UnfinishedFile_IsDropped_AfterACrash()
    {
        var first = Create(onDisk: true);
        await using (var sender = first.Send("file", length: 100_000, HandsIn))
        {
            await sender.WriteAsync(0, 50_000);
            await Eventually.TrueAsync(() => first.Relay.GetSnapshot().Transfers[0].Held.To == 50_000, "half of it came");
            var copy = Copy();
            first.Dispose();
            copy();
        }

        using var second = Create(onDisk: true);
        Assert.Equal(0, second.Relay.TransferCount);
        Assert.Single(second.Logs.AtLeast(LogLevel.Warning));
        Assert.Empty(Kept());
    }

    [Fact]
    public async Task Sender_HearsTheOutcome_WhenTheReceiverIsFaster()
    {
        using var test = Create(onDisk: true);
        await using var receiver = test.Receive();
        await using var sender = test.Send("file", length: 100_000, HandsIn);
        var taking = receiver.TakeAllAsync();
        await sender.WriteAsync(0, 100_000);
        await sender.CompleteAsync();
        Assert.Equal(100_000, await taking);
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);

        var result = await sender.Result.Soon();
        Assert.True(result.Outcome is { IsSuccess: true } || result.HandedInUntil is not null);
    }

    private static async Task<DateTimeOffset> HandInAsync(
        TestRelay test,
        int length,
        TransferDescription? description = null,
        string name = "file")
    {
        var joined = test.Relay.JoinAsSender(test.Token, name, description ?? new TransferDescription(length), HandsIn);
        Assert.Equal(TransferError.None, joined.Error);
        await using var sender = new TestSender(joined.Lease!);
        await sender.WriteAsync(0, length);
        await sender.CompleteAsync();
        var result = await sender.Result.Soon();
        Assert.Equal((TransferError.None, length, null), (result.Error, result.Offset, result.Outcome));
        return result.HandedInUntil!.Value;
    }

    private TestRelay Create(bool onDisk, TimeSpan resumeTimeout = default) => new(options =>
    {
        options.ResumeTimeout = resumeTimeout;
        options.SpillDirectory = onDisk ? _folder["spill"] : null;
        options.MemoryBudgetBytes = 16 * 1024 * 1024;
        options.DiskBudgetBytes = 32 * 1024 * 1024;

        // These tests need no room beside.
        options.MaxHeldBytes = onDisk ? options.DiskBudgetBytes : options.MemoryBudgetBytes;
        options.MaxHeldBytesPerToken = options.MaxHeldBytes;
        options.HandInTimeout = TimeSpan.FromHours(2);
    });

    /// <summary>The files but for the key, which stays.</summary>
    private List<string> Kept() => [.. _folder.Files().Where(static file => !file.EndsWith(".beamkey", StringComparison.Ordinal))];

    /// <summary>Takes what lies on the disk now, to be put back later.</summary>
    private Action Copy()
    {
        var files = _folder.Files().Select(file => _folder[file]).Select(static path => (path, File.ReadAllBytes(path))).ToList();
        return () => files.ForEach(static file => File.WriteAllBytes(file.path, file.Item2));
    }
}
