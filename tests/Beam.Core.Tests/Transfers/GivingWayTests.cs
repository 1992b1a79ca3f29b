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

    /// <summary>Three transfers hold all that may be read ahead, and nothing happens in them.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sender_IsRead_WhenOthersStandStill(bool areReceiversThere)
    {
        var (senders, receivers) = (new List<TestSender>(), new List<TestReceiver>());
        foreach (var name in new[] { "a", "b", "c" })
        {
            var sender = _test.Send(name);
            var receiver = _test.Receive(name);
            await sender.WriteAsync(0, 2 * Mebibyte);
            for (long taken = 0; taken < 2 * Mebibyte;)
            {
                taken += await receiver.TakeSomeAsync(taken);
            }

            senders.Add(sender);
            receivers.Add(receiver);
        }

        if (!areReceiversThere)
        {
            receivers.ForEach(static receiver => _ = receiver.AbortAsync());
            await Task.WhenAll(receivers.Select(static receiver => receiver.Received));
        }

        // What is left of the share for reading ahead.
        await using var late = _test.Send("late");
        await late.WriteAsync(0, 100);
        var before = Read("late");
        _test.Clock.Advance(TimeSpan.FromSeconds(1));

        await Eventually.TrueAsync(() => Read("late") == 100, "the sender is read");
        Assert.Equal(0, before);
        foreach (var side in senders.Cast<IAsyncDisposable>().Concat(receivers))
        {
            await side.DisposeAsync();
        }
    }

    private long Read(string name) => _test.Token.Channel.FindStatus(name)!.Transfer.BytesReceived;
}
