using Beam.Buffering;
using Beam.Core.Tests.Transfers;
using Beam.Holding;
using Beam.Transfers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.Core.Tests.Holding;

/// <summary>A relay has no more files open than its share of the descriptors, and loses no accepted file for lack of one.</summary>
[Trait("Rule", "P3")]
[Trait("Rule", "P13")]
public sealed class OpenFileTests : IDisposable
{
    private const int Length = 600_000;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AcceptedFiles_TakeNoDescriptor_UntilSomebodyReads()
    {
        using var first = Create();
        for (var i = 0; i < 20; i++)
        {
            await HandInAsync(first, $"file-{i}");
        }

        AssertNothingIsOpen(first);
        using var second = Create();
        Assert.Equal(20, second.Relay.TransferCount);
        AssertNothingIsOpen(second);

        await using (var receiver = Receive(second, first, "file-7"))
        {
            Assert.Equal(TransferError.None, await receiver.Started.Soon());
            Assert.Equal(1, second.Budgets.Files.UsedBytes);
            Assert.Equal(Length, await receiver.TakeAllAsync());
            receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        }

        AssertNothingIsOpen(second);
        Assert.Equal(19, second.Relay.TransferCount);
    }

    [Fact]
    public async Task File_IsClosed_WhenItsReceiverIsLost_AndOpenedForTheNext()
    {
        using var test = Create();
        await HandInAsync(test, "file");
        await using (var lost = test.Receive())
        {
            await lost.TakeSomeAsync();
            Assert.Equal(1, test.Budgets.Files.UsedBytes);
            await lost.AbortAsync();
        }

        await Eventually.TrueAsync(() => test.Budgets.Files.UsedBytes == 0, "the file is closed");
        await using var next = test.Receive();
        Assert.Equal(Length, await next.TakeAllAsync());
    }

    [Fact]
    public async Task HandIn_IsRefusedAsForLackOfRoom_WhenTooManyAreOpen()
    {
        // Receivers find one more than senders may have.
        using var test = Create(files: 4);
        List<TestSender> senders = [];
        for (var i = 0; i < 3; i++)
        {
            senders.Add(test.Send($"file-{i}", null, new SendTerms { HandsIn = true }));
        }

        var refused = test.Relay.JoinAsSender(test.Token, "more", new TransferDescription(10), new SendTerms { HandsIn = true });
        Assert.Equal(TransferError.NoRoom, refused.Error);
        Assert.Equal(3, test.Budgets.Files.UsedBytes);
        await test.DeliverAsync("streamed");

        await senders[0].WriteAsync(0, 10);
        await senders[0].CompleteAsync();
        Assert.NotNull((await senders[0].Result.Soon()).HandedInUntil);
        await HandInAsync(test, "more");
        foreach (var sender in senders)
        {
            await sender.DisposeAsync();
        }
    }

    [Fact]
    public async Task Receiver_Waits_WhenTooManyAreOpen()
    {
        using var test = Create();
        await HandInAsync(test, "file");
        var files = test.Budgets.Files;
        Assert.True(files.TryLease(files.LimitBytes, BudgetPriority.Essential));
        await using var receiver = test.Receive();
        Assert.False(receiver.Started.IsCompleted);

        files.Return(1);

        Assert.Equal(Length, await receiver.TakeAllAsync());
        files.Return(files.LimitBytes - 1);
    }

    [Theory]
    [InlineData("files")]
    [InlineData("memory")]
    public async Task Receiver_IsRefused_AndTheFileStays_WhenItWaitsForTooLong(string scarce)
    {
        using var test = Create();
        await HandInAsync(test, "file");
        var budget = scarce == "files" ? test.Budgets.Files : test.Budgets.Memory;
        Assert.True(budget.TryLease(budget.LimitBytes, BudgetPriority.Essential));
        await using (var receiver = test.Receive())
        {
            for (var seconds = 0; seconds < 62 && !receiver.Started.IsCompleted; seconds++)
            {
                test.Clock.Advance(TimeSpan.FromSeconds(1));
            }

            Assert.Equal(TransferError.TooManyTransfers, await receiver.Started.Soon());
        }

        Assert.Equal(1, test.Relay.TransferCount);
        budget.Return(budget.LimitBytes);
        await using var next = test.Receive();
        Assert.Equal(Length, await next.TakeAllAsync());
    }

    [Fact]
    public async Task Receiver_IsRefused_AndTheFileStays_WhenTheSystemDoesNotOpenIt()
    {
        using var test = Create();
        await HandInAsync(test, "file");
        using (Refuse())
        {
            await using var receiver = test.Receive();
            Assert.Equal(TransferError.TooManyTransfers, await receiver.Started.Soon());
        }

        Assert.Equal(1, test.Relay.TransferCount);
        Assert.Equal(0, test.Budgets.Files.UsedBytes);
        await using var next = test.Receive();
        Assert.Equal(Length, await next.TakeAllAsync());
    }

    [Fact]
    public async Task Receiver_IsCut_AndComesBack_WhenTheSystemDoesNotOpenItAgain()
    {
        using var test = Create(resume: true);
        await HandInAsync(test, "file");
        var files = test.Budgets.Files;
        long taken;
        await using (var receiver = test.Receive())
        {
            taken = await receiver.TakeSomeAsync(0);

            // Somebody else needs a file, so that this one is closed while its receiver takes nothing.
            Assert.True(files.TryLease(files.LimitBytes - 1, BudgetPriority.Essential));
            FileStream? refused = null;
            await Eventually.TrueAsync(
                () =>
                {
                    // Its pump may open it once more, for what the pipe has room for.
                    test.Clock.Advance(TimeSpan.FromSeconds(1));
                    refused = files.UsedBytes == files.LimitBytes - 1 ? TryRefuse() : null;
                    return refused is not null;
                },
                "the file is closed");
            using var _ = refused;
            while (!receiver.Received.IsCompleted)
            {
                taken += await receiver.TakeSomeAsync(taken);
            }

            Assert.Equal(TransferError.ReceiverLost, await receiver.Received.Soon());
        }

        files.Return(files.LimitBytes - 1);
        await using (var back = test.Receive("file", new ReceiveTerms { From = taken }))
        {
            Assert.Equal(Length - taken, await back.TakeAllAsync(taken));
            back.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        }

        Assert.Equal(0, test.Relay.TransferCount);
        AssertNothingIsOpen(test);
    }

    [Fact]
    public async Task File_IsLost_WhenSomebodyHasDeletedIt()
    {
        using var test = Create();
        await HandInAsync(test, "file");
        File.Delete(BytesPath());
        await using (var receiver = test.Receive())
        {
            Assert.Equal(TransferError.NoRoom, await receiver.Started.Soon());
        }

        Assert.Equal(0, test.Relay.TransferCount);
        AssertNothingIsOpen(test);
    }

    [Fact]
    public async Task StandingReceivers_LetOthersHaveTheirFile()
    {
        using var test = Create(files: 4, stallTimeout: TimeSpan.FromDays(1));
        for (var i = 0; i < 12; i++)
        {
            await HandInAsync(test, $"file-{i}");
        }

        // None of them takes anything yet, and there are not files for all.
        var receivers = Enumerable.Range(0, 12).Select(i => test.Receive($"file-{i}")).ToList();
        var started = Task.WhenAll(receivers.Select(static receiver => receiver.Started));
        await Eventually.TrueAsync(
            () =>
            {
                Assert.InRange(test.Budgets.Files.UsedBytes, 0, 4);
                test.Clock.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(started.IsCompleted);
            },
            "each of them has its first bytes");

        Assert.All(await started, static error => Assert.Equal(TransferError.None, error));
        var counts = await Task.WhenAll(receivers.Select(static receiver => receiver.TakeAllAsync()));
        Assert.All(counts, static count => Assert.Equal(Length, count));
        foreach (var receiver in receivers)
        {
            receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
            await receiver.DisposeAsync();
        }

        test.AssertNothingIsLeft();
    }

    private static async Task HandInAsync(TestRelay test, string name)
    {
        await using var sender = test.Send(name, Length, new SendTerms { HandsIn = true });
        await sender.WriteAsync(0, Length);
        await sender.CompleteAsync();
        Assert.NotNull((await sender.Result.Soon()).HandedInUntil);
    }

    private static TestReceiver Receive(TestRelay test, TestRelay before, string name)
        => test.Receive(name, token: test.Relay.Tokens.Find(before.Minted.Secret));

    private void AssertNothingIsOpen(TestRelay test)
    {
        Assert.Equal(0, test.Budgets.Files.UsedBytes);
        if (OperatingSystem.IsLinux())
        {
            Assert.DoesNotContain(
                Directory.GetFiles("/proc/self/fd").Select(static file => new FileInfo(file).LinkTarget),
                target => target?.StartsWith(_folder.Path, StringComparison.Ordinal) == true);
        }
    }

    private string BytesPath()
        => _folder[Assert.Single(_folder.Files(), static file => file.EndsWith(HeldDirectory.BytesExtension, StringComparison.Ordinal))];

    /// <summary>Has the system refuse the file to everybody else, as it does to a process without descriptors.</summary>
    private FileStream Refuse() => new(BytesPath(), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

    private FileStream? TryRefuse()
    {
        try
        {
            return Refuse();
        }
        catch (IOException)
        {
            return null;
        }
    }

    private TestRelay Create(int files = 8, bool resume = false, TimeSpan? stallTimeout = null) => new(
        options =>
        {
            options.SpillDirectory = _folder["spill"];
            options.StallTimeout = stallTimeout ?? options.StallTimeout;
            options.ResumeTimeout = resume ? TimeSpan.FromMinutes(2) : TimeSpan.Zero;
        },
        services => services.AddSingleton(provider => new RelayBudgets(provider.GetRequiredService<IOptions<BeamOptions>>(), files)));
}
