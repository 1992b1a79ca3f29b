using Beam.Accounts;
using Beam.Core.Tests.Transfers;
using Beam.Transfers;

namespace Beam.Core.Tests.Accounts;

/// <summary>Uploads that wait for a receiver take their part of the disk, and no account takes all of that.</summary>
[Trait("Rule", "P38")]
public sealed class SpillShareTests : IDisposable
{
    private const int Megabyte = 1_000_000;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_FindDisk_HoweverMuchIsSpilled()
    {
        using var test = CreateOnDisk();
        var waiting = test.Send("waiting");
        await waiting.WriteAsync(0, 40 * Megabyte);
        await Eventually.TrueAsync(() => test.Budgets.Disk.UsedBytes > 15 * Megabyte, "half of the disk is used");

        await HandInAsync(test, 11 * Megabyte);

        Assert.InRange(test.Budgets.Disk.UsedBytes, 26 * Megabyte, 28 * Megabyte);
        await DeliverAsync(test, waiting, "waiting", 40 * Megabyte);
        await Eventually.TrueAsync(() => test.Budgets.Spills.UsedBytes == 0, "what was spilled is gone");
    }

    [Fact]
    public async Task Account_SpillsNoMore_ThanItMayHold()
    {
        using var test = CreateOnDisk();
        var terms = new SendTerms { Account = new RelayAccount("one") { MaxHeldBytes = 2 * Megabyte } };
        var first = test.Send("first", length: null, terms);
        await first.WriteAsync(0, 8 * Megabyte);
        await Eventually.TrueAsync(() => test.Budgets.Disk.UsedBytes > Megabyte, "the first spills");
        var second = test.Send("second", length: null, terms);
        await second.WriteAsync(0, 8 * Megabyte);
        var other = test.Send("other", length: null, new SendTerms { Account = new RelayAccount("two") });
        await other.WriteAsync(0, 8 * Megabyte);
        await Eventually.TrueAsync(() => HeldOf(test, other) == 8 * Megabyte, "others spill as before");

        Assert.InRange(test.Budgets.Disk.UsedBytes, 7 * Megabyte, 14 * Megabyte);
        Assert.InRange(test.Ledger.Find("one").Bytes, Megabyte, 2 * Megabyte);
        await DeliverAsync(test, first, "first", 8 * Megabyte);
        await DeliverAsync(test, second, "second", 8 * Megabyte);
        await DeliverAsync(test, other, "other", 8 * Megabyte);
        await Eventually.TrueAsync(() => test.Relay.TransferCount == 0, "all have gone");
        test.AssertNothingIsLeft();
    }

    /// <summary>Whatever waits, comes, breaks off and is handed in: each has its part, and in the end nothing is used.</summary>
    [Fact]
    public async Task Parts_HoldForRandomUploads()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            await PlayAsync(new Random(seed));
        }
    }

    private static long HeldOf(TestRelay test, TestSender sender)
        => test.Relay.GetSnapshot().Transfers.First(transfer => transfer.Id == sender.Lease.TransferId).Held.To;

    private static async Task DeliverAsync(TestRelay test, TestSender sender, string name, int bytes)
    {
        await using var receiver = test.Receive(name, pipe: PipeOptionsChoice.Unlimited);
        await sender.CompleteAsync();
        Assert.Equal(bytes, await receiver.TakeAllAsync());
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.True((await sender.Outcome.Soon()).IsSuccess);
        await sender.DisposeAsync();
    }

    private static async Task HandInAsync(TestRelay test, int bytes)
    {
        var token = (await test.Relay.Tokens.MintAsync())!.Token;
        await using var sender = test.Send("held", bytes, new SendTerms { HandsIn = true }, token);
        await sender.WriteAsync(0, bytes);
        await sender.CompleteAsync();
        Assert.NotNull((await sender.Result.Soon()).HandedInUntil);
    }

    private async Task PlayAsync(Random random)
    {
        using var test = CreateOnDisk(static options => options.MaxHeldBytes = 20 * Megabyte);
        var accounts = new[] { new RelayAccount("a") { MaxHeldBytes = 3 * Megabyte }, new RelayAccount("b"), null };
        var waiting = new List<(TestSender Sender, string Name, int Bytes)>();
        for (var step = 0; step < 12; step++)
        {
            var at = random.Next(waiting.Count + 4);
            if (at >= waiting.Count)
            {
                var bytes = random.Next(6 * Megabyte);
                var name = $"file{step}";
                var sender = test.Send(name, random.Next(2) == 0 ? bytes : null, new SendTerms { Account = accounts[random.Next(3)] });
                await sender.WriteAsync(0, bytes);
                waiting.Add((sender, name, bytes));
            }
            else
            {
                var (sender, name, bytes) = waiting[at];
                waiting.RemoveAt(at);
                if (random.Next(2) == 0)
                {
                    await DeliverAsync(test, sender, name, bytes);
                }
                else
                {
                    Assert.Equal(TransferError.None, test.Relay.Cancel(test.Token, name));
                    await sender.DisposeAsync();
                }
            }

            Assert.InRange(test.Budgets.Spills.UsedBytes, 0, 12 * Megabyte);
            Assert.InRange(test.Ledger.Find("a").Bytes, 0, 3 * Megabyte);
        }

        foreach (var (sender, name, bytes) in waiting)
        {
            await DeliverAsync(test, sender, name, bytes);
        }

        await Eventually.TrueAsync(() => test.Relay.TransferCount == 0, "all have gone");
        test.AssertNothingIsLeft();
    }

    private TestRelay CreateOnDisk(Action<BeamOptions>? configure = null) => new(options =>
    {
        options.SpillDirectory = _folder["spill"];
        options.DiskBudgetBytes = 32 * Megabyte;
        configure?.Invoke(options);
    });
}
