using Beam.Buffering;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>What a transfer holds for a receiver that might go back is there for others when they need it.</summary>
[Trait("Rule", "P3")]
public sealed class GivingWayTests : IDisposable
{
    private const int Mebibyte = 1024 * 1024;

    private readonly TestRelay _test = new(static options =>
    {
        options.ResumeTimeout = TimeSpan.FromMinutes(2);
        options.MemoryBudgetBytes = 4 * Mebibyte;
        options.WindowBytes = 64 * 1024;
        options.RewindBytes = Mebibyte;
    });

    public void Dispose() => _test.Dispose();

    /// <summary>Two transfers and somebody else hold all that may be read ahead, and nothing happens in them.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sender_IsRead_WhenOthersStandStill(bool areReceiversThere)
    {
        var (senders, receivers) = (new List<TestSender>(), new List<TestReceiver>());
        foreach (var name in new[] { "a", "b" })
        {
            var sender = _test.Send(name);
            var receiver = _test.Receive(name);
            await sender.WriteAsync(0, 2 * Mebibyte);
            for (long taken = 0; taken < 2 * Mebibyte;)
            {
                taken += await receiver.TakeSomeAsync(taken);
            }

            // The pump gives its last chunk back only after the receiver has the bytes.
            await Eventually.TrueAsync(() => StatusOf(name).BytesSent == 2 * Mebibyte, "the log has been told");
            senders.Add(sender);
            receivers.Add(receiver);
        }

        if (!areReceiversThere)
        {
            receivers.ForEach(static receiver => _ = receiver.AbortAsync());
            await Task.WhenAll(receivers.Select(static receiver => receiver.Received));
        }

        var memory = _test.Budgets.Memory;
        var rest = (memory.LimitBytes / 4 * 3) - memory.UsedBytes;
        Assert.True(memory.TryLease(rest, BudgetPriority.ReadAhead));
        await using var late = _test.Send("late");
        await late.WriteAsync(0, 100);
        await Eventually.TrueAsync(() => memory.IsShort, "the sender waits for memory");
        Assert.Equal(0, HeldOf("late"));

        _test.Clock.Advance(TimeSpan.FromSeconds(1));

        await Eventually.TrueAsync(() => HeldOf("late") == 100, "the sender is read");
        memory.Return(rest);
        foreach (var side in senders.Cast<IAsyncDisposable>().Concat(receivers))
        {
            await side.DisposeAsync();
        }
    }

    private long HeldOf(string name) => StatusOf(name).Held.To;

    private TransferSnapshot StatusOf(string name) => _test.Token.Channel.FindStatus(name)!.Transfer;
}
