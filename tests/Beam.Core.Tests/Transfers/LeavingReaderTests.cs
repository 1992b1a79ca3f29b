using Beam.Buffering;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>A receiver that waits for memory to read a file from the disk, and goes.</summary>
[Trait("Rule", "P5")]
public sealed class LeavingReaderTests : IDisposable
{
    private const int Left = 64 * 1024;

    private readonly TempFolder _folder = new();
    private readonly TestRelay _test;

    public LeavingReaderTests() => _test = new TestRelay(options =>
    {
        options.SpillDirectory = _folder["spill"];
        options.ResumeTimeout = TimeSpan.FromMinutes(2);
    });

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Line_IsLeft_WhenTheReceiverIsGone()
    {
        await using (var sender = _test.Send("file", length: null, new SendTerms { HandsIn = true }))
        {
            await sender.WriteAsync(0, 300_000);
            await sender.CompleteAsync();
            await sender.Result.Soon();
        }

        // Less than a reader takes, so that it stands in line.
        var memory = _test.Budgets.Memory;
        var others = memory.LimitBytes - memory.UsedBytes - Left;
        Assert.True(memory.TryLease(others, BudgetPriority.Essential));
        var receiver = _test.Receive();
        Assert.False(memory.TryLease(1, BudgetPriority.Essential));

        await receiver.AbortAsync();
        await receiver.DisposeAsync();

        await Eventually.TrueAsync(() => memory.TryLease(1, BudgetPriority.Essential), "nobody stands in line");
        memory.Return(others + 1);
    }
}
