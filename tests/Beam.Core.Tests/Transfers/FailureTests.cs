using System.IO.Pipelines;
using Beam.Buffering;
using Beam.Transfers;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Core.Tests.Transfers;

[Trait("Rule", "P1")]
public sealed class FailureTests : IDisposable
{
    private readonly TestRelay _test = new();

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(99)]
    [InlineData(101)]
    [InlineData(500_000)]
    public async Task Transfer_IsABadBody_WhenItIsNotAsLongAsDeclared(int length)
    {
        await using var sender = _test.Send(length: 100);
        await using var receiver = _test.Receive(pipe: PipeOptionsChoice.Unlimited);
        await sender.WriteAsync(0, length);
        await sender.CompleteAsync();

        Assert.Equal(TransferError.BadBody, (await sender.Outcome.Soon()).Error);
        Assert.Equal(TransferError.BadBody, await receiver.Received.Soon());
        Assert.InRange(receiver.Lease.BytesSent, 0, 100);
    }

    [Fact]
    [Trait("Rule", "P16")]
    public async Task Transfer_IsTooLarge_WhenTheUndeclaredLimitIsPassed()
    {
        using var test = new TestRelay(options => options.MaxTransferBytes = 1_000);
        await using var sender = test.Send();
        await using var receiver = test.Receive(pipe: PipeOptionsChoice.Unlimited);
        await sender.WriteAsync(0, 1_000);
        Assert.Equal(1_000, await receiver.TakeSomeAsync());
        await sender.WriteAsync(1_000, 1);

        Assert.Equal(TransferError.TooLarge, (await sender.Outcome.Soon()).Error);
        Assert.Equal(TransferError.TooLarge, await receiver.Received.Soon());
    }

    [Fact]
    public async Task Body_ThatThrows_FailsTheTransfer()
    {
        (Exception Exception, TransferError Error)[] cases =
        [
            (new IOException("reset"), TransferError.SenderLost),
            (new OperationCanceledException(), TransferError.SenderLost),
            (new InvalidDataException("no boundary"), TransferError.BadBody),
        ];
        foreach (var (exception, error) in cases)
        {
            await using var sender = _test.Send(error + exception.Message);
            await using var receiver = _test.Receive(error + exception.Message);
            await sender.WriteAsync(0, 10);
            await sender.CompleteAsync(exception);

            Assert.Equal(error, (await sender.Outcome.Soon()).Error);
            Assert.Equal(error, await receiver.Received.Soon());
        }
    }

    [Fact]
    public async Task Sender_Aborted_FailsBothSides_BeforeItsBodyIsComplete()
    {
        await using var waiting = _test.Send("waiting");
        await waiting.CompleteAsync();
        await waiting.AbortAsync();
        Assert.Equal(TransferError.SenderLost, (await waiting.Outcome.Soon()).Error);

        await using var sender = _test.Send();
        await using var receiver = _test.Receive();
        await sender.WriteAsync(0, 10);
        Assert.Equal(10, await receiver.TakeSomeAsync());
        await sender.AbortAsync();
        Assert.Equal(TransferError.SenderLost, (await sender.Outcome.Soon()).Error);
        Assert.Equal(TransferError.SenderLost, await receiver.Received.Soon());
    }

    [Fact]
    public async Task Sender_Aborted_StillDelivers_WhenItsBodyIsComplete()
    {
        await using var sender = _test.Send();
        await using var receiver = _test.Receive();
        await sender.WriteAsync(0, 5_000);
        await sender.CompleteAsync();
        await receiver.TakeSomeAsync();
        await Eventually.TrueAsync(() => _test.Relay.GetSnapshot().Transfers[0].BytesReceived == 5_000, "the body came");

        // The relay has read the end when the transfer is being confirmed at the latest.
        while (!receiver.Received.IsCompleted)
        {
            await receiver.TakeSomeAsync();
        }

        await sender.AbortAsync();
        Assert.Equal(TransferError.None, await receiver.Received.Soon());
        Assert.Equal(TransferError.SenderLost, (await sender.Result.Soon()).Error);
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.Equal(TransferError.None, await receiver.Lease.Ended.Soon());
        Assert.True(_test.Relay.JoinAsReceiver(_test.Token, "file").Past!.IsSuccess);
    }

    [Fact]
    public async Task Receiver_Aborted_FailsBothSides_InEveryState()
    {
        await using var waiting = _test.Receive("waiting");
        await waiting.AbortAsync();
        Assert.Equal(TransferError.ReceiverLost, await waiting.Started.Soon());

        await using var pairedSender = _test.Send("paired");
        await using var paired = _test.Receive("paired");
        await paired.AbortAsync();
        Assert.Equal(TransferError.ReceiverLost, (await pairedSender.Outcome.Soon()).Error);
        Assert.Equal(TransferError.ReceiverLost, await paired.Started.Soon());

        await using var streamingSender = _test.Send("streaming");
        await using var streaming = _test.Receive("streaming");
        await streamingSender.WriteAsync(0, 100_000);
        await streaming.TakeSomeAsync();
        await streaming.AbortAsync();
        Assert.Equal(TransferError.ReceiverLost, (await streamingSender.Outcome.Soon()).Error);
        Assert.Equal(TransferError.ReceiverLost, await streaming.Received.Soon());

        await using var closedSender = _test.Send("closed");
        await using var closed = _test.Receive("closed");
        await closedSender.WriteAsync(0, 100_000);
        await closed.TakeSomeAsync();
        await closed.CloseAsync();
        Assert.Equal(TransferError.ReceiverLost, (await closedSender.Outcome.Soon()).Error);

        await using var confirmingSender = _test.Send("confirming");
        var confirming = _test.Receive("confirming");
        await confirmingSender.WriteAsync(0, 100);
        await confirmingSender.CompleteAsync();
        Assert.Equal(100, await confirming.TakeAllAsync());
        Assert.Equal(TransferError.None, await confirming.Received.Soon());
        await confirming.DisposeAsync();
        Assert.Equal(TransferError.ReceiverLost, (await confirmingSender.Outcome.Soon()).Error);
    }

    [Fact]
    public async Task FinishDelivery_Throws_BeforeEverythingWasHandedOver()
    {
        await using var sender = _test.Send();
        await using var receiver = _test.Receive();

        Assert.Throws<InvalidOperationException>(() => receiver.Lease.FinishDelivery(DeliveryStatus.Sent));
        Assert.False(sender.Outcome.IsCompleted);
    }

    [Fact]
    public async Task Fail_CannotEndATransferWell()
    {
        await using var sender = _test.Send();
        await using var receiver = _test.Receive();

        Assert.Throws<ArgumentOutOfRangeException>(() => sender.Lease.Fail(TransferError.None));
        Assert.Throws<ArgumentOutOfRangeException>(() => receiver.Lease.Fail(TransferError.None));
        receiver.Lease.Fail(TransferError.BadBody);
        sender.Lease.Fail(TransferError.Cancelled);
        Assert.Equal(TransferError.BadBody, (await sender.Outcome.Soon()).Error);
    }

    [Fact]
    public async Task ReceiveAsync_Throws_BeforeTheStart()
    {
        await using var receiver = _test.Relay.JoinAsReceiver(_test.Token, "file").Lease!;

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await receiver.ReceiveAsync(new Pipe().Writer));
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task Transfer_Ends_WhenItsBufferFailsByItself()
    {
        using var test = new TestRelay(register: services => services.AddSingleton<IChunkBufferFactory, ForgetfulBuffers>());
        await using var sender = test.Send();
        await sender.WriteAsync(0, 100);
        await sender.CompleteAsync();
        await using var receiver = test.Receive();

        Assert.Equal(TransferError.NoRoom, await receiver.Started.Soon());
        Assert.Equal(TransferError.NoRoom, (await sender.Outcome.Soon()).Error);
    }

    [Fact]
    [Trait("Rule", "P5")]
    public void JoinAsSender_LeavesNothing_WhenTheBufferCannotBeMade()
    {
        using var test = new TestRelay(register: services => services.AddSingleton<IChunkBufferFactory, NoBuffers>());

        Assert.Throws<IOException>(() => test.Relay.JoinAsSender(test.Token, "file", new TransferDescription()));

        test.AssertNothingIsLeft();
    }

    private sealed class NoBuffers : IChunkBufferFactory
    {
        public IChunkBuffer Create(ChunkBufferTerms terms) => throw new IOException("no buffers today");
    }

    private sealed class ForgetfulBuffers : IChunkBufferFactory
    {
        public IChunkBuffer Create(ChunkBufferTerms terms) => new ForgetfulBuffer();
    }

    /// <summary>Takes bytes and says of all of them that they are lost.</summary>
    private sealed class ForgetfulBuffer : IChunkBuffer
    {
        public HeldRange Held => default;

        public bool IsAttended { get; set; }

        public ValueTask<AppendStatus> AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
            => ValueTask.FromResult(AppendStatus.Appended);

        public ValueTask<ChunkRead> ReadAsync(long offset, CancellationToken cancellationToken = default)
            => ValueTask.FromResult(ChunkRead.None(ChunkReadStatus.Failed));

        public void Release(long offset)
        {
        }

        public bool TryRewind(long offset) => offset == 0;

        public void Complete()
        {
        }

        public void Fail()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
