using System.IO.Pipelines;
using Beam.Buffering;
using Beam.Transfers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.Core.Tests.Transfers;

/// <summary>A buffer, a logger or a connection that throws keeps nobody waiting, and leaves nothing counted.</summary>
[Trait("Rule", "P5")]
public sealed class ThrowingPartsTests
{
    [Theory]
    [InlineData(nameof(IChunkBuffer.Fail))]
    [InlineData(nameof(IChunkBuffer.DisposeAsync))]
    [Trait("Rule", "P4")]
    public async Task Transfer_EndsForEverybody_WhenItsBufferThrows(string broken)
    {
        using var test = CreateRelay(broken);
        await using (var sender = test.Send("file", null, new SendTerms { Receivers = 2 }))
        await using (var first = test.Receive())
        await using (var second = test.Receive())
        {
            await sender.WriteAsync(0, 100_000);
            await first.TakeSomeAsync();

            Assert.Equal(TransferError.None, test.Relay.Cancel(test.Token, "file"));

            Assert.Equal(TransferError.Cancelled, (await sender.Outcome.Soon()).Error);
            Assert.Equal(TransferError.Cancelled, await first.Received.Soon());
            Assert.Equal(TransferError.Cancelled, await second.Received.Soon());
        }

        test.AssertNothingIsLeft();
        Assert.Equal(TransferError.Cancelled, test.Token.Channel.FindStatus("file")?.Outcome?.Error);
        AssertReported(test, $"{broken} is broken.");
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task Transfer_IsDelivered_WhenItsBufferThrowsAtTheEnd()
    {
        using var test = CreateRelay(nameof(IChunkBuffer.DisposeAsync));

        Assert.True((await test.DeliverAsync()).IsSuccess);

        test.AssertNothingIsLeft();
        AssertReported(test, "DisposeAsync is broken.");
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task Transfer_FailsForBothSides_WhenItsBufferCannotComplete()
    {
        using var test = CreateRelay(nameof(IChunkBuffer.Complete));
        await using (var sender = test.Send())
        await using (var receiver = test.Receive(pipe: PipeOptionsChoice.Unlimited))
        {
            await sender.WriteAsync(0, 100);
            await sender.CompleteAsync();

            Assert.Equal(TransferError.NoRoom, (await sender.Outcome.Soon()).Error);
            Assert.Equal(TransferError.NoRoom, await receiver.Received.Soon());
        }

        test.AssertNothingIsLeft();
        AssertReported(test, "Complete is broken.");
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task Drain_Ends_WhenTheBufferOfAnAbandonedTransferThrows()
    {
        using var test = CreateRelay(nameof(IChunkBuffer.DisposeAsync), TimeSpan.FromMinutes(2));
        var sender = test.Send();
        await sender.WriteAsync(0, 100);
        await sender.DisposeAsync();
        Assert.Equal(1, test.Relay.TransferCount);

        await test.Relay.DrainAsync().Soon();

        test.AssertNothingIsLeft();
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task Transfer_EndsForEverybody_WhenTheLogThrows()
    {
        using var logs = new ThrowingLogs();
        using var test = new TestRelay(register: services => services.AddLogging(logging => logging.AddProvider(logs)));
        await using (var sender = test.Send())
        await using (var receiver = test.Receive())
        {
            await sender.WriteAsync(0, 100);
            await receiver.TakeSomeAsync();
            logs.IsBroken = true;

            receiver.Lease.Fail(TransferError.ReceiverLost);

            Assert.Equal(TransferError.ReceiverLost, (await sender.Outcome.Soon()).Error);
            Assert.Equal(TransferError.ReceiverLost, await receiver.Received.Soon());
        }

        test.AssertNothingIsLeft();
        Assert.NotNull(test.Token.Channel.FindStatus("file")?.Outcome);
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task Transfer_EndsForTheOthers_WhenAConnectionCannotBeInterrupted()
    {
        using var test = new TestRelay();
        await using (var sender = test.Send("file", null, new SendTerms { Receivers = 2 }))
        {
            await using var stubborn = test.Relay.JoinAsReceiver(test.Token, "file").Lease!;
            await using var other = test.Receive();
            await sender.WriteAsync(0, 100_000);
            await stubborn.WaitForStartAsync();
            var connection = new Stubborn();
            var receiving = stubborn.ReceiveAsync(connection).AsTask();
            await other.TakeSomeAsync();

            Assert.Equal(TransferError.None, test.Relay.Cancel(test.Token, "file"));

            Assert.Equal(TransferError.Cancelled, (await sender.Outcome.Soon()).Error);
            Assert.Equal(TransferError.Cancelled, await other.Received.Soon());
            connection.Break();
            Assert.Equal(TransferError.Cancelled, await receiving.Soon());
        }

        test.AssertNothingIsLeft();
        AssertReported(test, "Not now.");
    }

    [Fact]
    [Trait("Rule", "P3")]
    public async Task Budget_ThatGotMoreThanItGave_IsReportedOnce()
    {
        using var test = new TestRelay();

        test.Budgets.Memory.Return(5);
        test.Budgets.Memory.Return(6);
        test.Budgets.Disk.Return(7);

        await Eventually.TrueAsync(() => test.Logs.AtLeast(LogLevel.Error).Count == 2, "both budgets are reported");
        Assert.All(test.Logs.AtLeast(LogLevel.Error), static entry => Assert.Equal("BudgetWronglyReturned", entry.EventId.Name));
        test.AssertNothingIsLeft();
        Assert.True((await test.DeliverAsync()).IsSuccess);
    }

    private static TestRelay CreateRelay(string broken, TimeSpan resume = default) => new(
        options => options.ResumeTimeout = resume,
        services => services.AddSingleton<IChunkBufferFactory>(provider => new BrokenBuffers(provider, broken)));

    private static void AssertReported(TestRelay test, string message)
    {
        var entry = Assert.Single(test.Logs.AtLeast(LogLevel.Error));
        Assert.Equal((message, "EndStepFailed"), (entry.Exception?.Message, entry.EventId.Name));
    }

    /// <summary>A connection that takes nothing, and throws when somebody ends its wait.</summary>
    private sealed class Stubborn : PipeWriter
    {
        private readonly TaskCompletionSource<FlushResult> _flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Break() => _flushed.SetException(new IOException("reset"));

        public override void Advance(int bytes)
        {
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => new byte[Math.Max(1, sizeHint)];

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void CancelPendingFlush() => throw new InvalidOperationException("Not now.");

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => new(_flushed.Task);
    }
}
