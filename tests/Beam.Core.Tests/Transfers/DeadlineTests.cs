using System.IO.Pipelines;
using Beam.Buffering;
using Beam.Transfers;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Core.Tests.Transfers;

[Trait("Rule", "P4")]
public sealed class DeadlineTests : IAsyncDisposable
{
    private const int Large = 64 * 1024;

    private readonly TestRelay _test = new();
    private readonly Belongings _owned = new();

    public async ValueTask DisposeAsync()
    {
        await _owned.DisposeAsync();
        _test.Dispose();
    }

    [Fact]
    [Trait("Rule", "P17")]
    public async Task Sender_IsToldThatNobodyCame()
    {
        await using var sender = _test.Send();
        _test.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.False(sender.Outcome.IsCompleted);
        _test.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TransferError.NoReceiver, (await sender.Outcome.Soon()).Error);
    }

    [Fact]
    public async Task Receiver_IsToldThatNobodyCame()
    {
        await using var receiver = _test.Receive();
        _test.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(TransferError.NoSender, await receiver.Started.Soon());
    }

    [Fact]
    [Trait("Rule", "P17")]
    public async Task Wait_IsShorter_WhenAskedFor_AndNeverLonger()
    {
        await using var hasty = _test.Send("hasty", wait: TimeSpan.FromSeconds(30));
        await using var hastyReceiver = _test.Receive("hasty receiver", wait: TimeSpan.FromSeconds(30));
        await using var patient = _test.Send("patient", wait: TimeSpan.FromHours(1));
        _test.Clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(TransferError.NoReceiver, (await hasty.Outcome.Soon()).Error);
        Assert.Equal(TransferError.NoSender, await hastyReceiver.Started.Soon());
        Assert.False(patient.Outcome.IsCompleted);
        _test.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(TransferError.NoReceiver, (await patient.Outcome.Soon()).Error);
    }

    [Fact]
    public async Task Sender_IsLost_WhenItIsSilentForTooLong()
    {
        var (sender, receiver) = await BeginAsync(100);
        Assert.Equal(100, await receiver.TakeSomeAsync());
        _test.Clock.Advance(TimeSpan.FromSeconds(59));
        await sender.WriteAsync(100, 1);
        Assert.Equal(1, await receiver.TakeSomeAsync());
        _test.Clock.Advance(TimeSpan.FromSeconds(58));
        Assert.False(sender.Outcome.IsCompleted);
        _test.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(TransferError.SenderStalled, (await sender.Outcome.Soon()).Error);
        Assert.Equal(TransferError.SenderStalled, await receiver.Received.Soon());
    }

    [Fact]
    public async Task Sender_ThatNeverBegins_IsLost_LikeASilentOne()
    {
        await using var receiver = _test.Receive();
        _test.Clock.Advance(TimeSpan.FromMinutes(2));
        await using var sender = _test.Relay.JoinAsSender(_test.Token, "file", new TransferDescription()).Lease!;
        _test.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(receiver.Started.IsCompleted);
        _test.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TransferError.SenderStalled, await receiver.Started.Soon());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Receiver_ThatNeverBegins_IsLost_LikeOneThatTakesNothing(bool waitsForTheStart)
    {
        await using var receiver = _test.Relay.JoinAsReceiver(_test.Token, "file").Lease!;
        var started = waitsForTheStart ? receiver.WaitForStartAsync().AsTask() : Task.FromResult(TransferError.None);
        _test.Clock.Advance(TimeSpan.FromMinutes(2));
        await using var sender = _test.Send();
        await sender.WriteAsync(0, 10);
        Assert.Equal(TransferError.None, await started.Soon());
        await Eventually.TrueAsync(() => sender.Lease.Watch.IsWaiting, "the sender is silent");
        _test.Clock.Advance(TimeSpan.FromSeconds(30));
        await sender.WriteAsync(10, 10);
        await Eventually.TrueAsync(() => _test.Relay.GetSnapshot().Transfers[0].Held.To == 20, "the sender has sent more");
        _test.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(sender.Outcome.IsCompleted);
        _test.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TransferError.ReceiverStalled, (await sender.Outcome.Soon()).Error);
    }

    [Fact]
    public async Task Sender_MayBeSilent_WhileItIsHeldBackByTheReceiver()
    {
        var (sender, receiver) = await BeginAsync(4_000_000);
        for (var i = 0; i < 10; i++)
        {
            var sent = receiver.Lease.BytesSent;
            await receiver.TakeSomeAsync();
            await Eventually.TrueAsync(() => receiver.Lease.BytesSent > sent, "the relay has seen it");
            _test.Clock.Advance(TimeSpan.FromSeconds(50));
        }

        Assert.False(sender.Outcome.IsCompleted);
    }

    [Fact]
    public async Task Receiver_IsLost_WhenItTakesNothingForTooLong()
    {
        var (sender, receiver) = await BeginAsync(100_000);
        await sender.CompleteAsync();
        await receiver.TakeSomeAsync();

        await AdvanceUntilAsync(sender.Outcome);

        Assert.Equal(TransferError.ReceiverStalled, (await sender.Outcome.Soon()).Error);
        Assert.Equal(TransferError.ReceiverStalled, await receiver.Received.Soon());
    }

    [Fact]
    public async Task Receiver_IsNotLost_WhileItsSystemReportsProgress()
    {
        var (sender, receiver) = await BeginAsync(4_000_000);
        await receiver.TakeSomeAsync();
        await Eventually.TrueAsync(() => receiver.Lease.BytesSent > 0, "the receiver waits again");
        for (var i = 1; i < 10; i++)
        {
            receiver.Progress = i;
            _test.Clock.Advance(TimeSpan.FromSeconds(50));
        }

        Assert.False(sender.Outcome.IsCompleted);
        _test.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(TransferError.ReceiverStalled, (await sender.Outcome.Soon()).Error);
    }

    [Fact]
    public async Task SlowReceiver_IsNotCalledALackOfRoom_WhenTheSweepComesBetweenItsPieces()
    {
        await using var sender = _test.Send();
        await using var receiver = _test.Relay.JoinAsReceiver(_test.Token, "file").Lease!;
        await sender.WriteAsync(0, 4_000_000);
        await sender.CompleteAsync();
        Assert.Equal(TransferError.None, await receiver.WaitForStartAsync().Soon());

        // Every piece takes ten seconds in which the pump is not seen waiting.
        var slow = new SlowWriter(_test.Clock, TimeSpan.FromSeconds(10));
        Assert.Equal(TransferError.None, await receiver.ReceiveAsync(slow).Soon());

        Assert.Equal(4_000_000, slow.Taken);
        receiver.FinishDelivery(DeliveryStatus.Sent);
        Assert.True((await sender.Outcome.Soon()).IsSuccess);
    }

    [Fact]
    public async Task Confirming_FailsTheReceiver_OrCallsItSent_WhenItsSystemHasEverything()
    {
        foreach (var isHandedOver in new[] { false, true })
        {
            var name = $"{isHandedOver}";
            await using var sender = _test.Send(name);
            await using var receiver = _test.Receive(name);
            await sender.WriteAsync(0, 100);
            await sender.CompleteAsync();
            Assert.Equal(100, await receiver.TakeAllAsync());
            if (isHandedOver)
            {
                receiver.Lease.NoteHandedOver();
            }

            _test.Clock.Advance(TimeSpan.FromSeconds(60));

            var outcome = await sender.Outcome.Soon();
            Assert.Equal(isHandedOver ? TransferError.None : TransferError.ReceiverStalled, outcome.Error);
            Assert.Equal(isHandedOver ? DeliveryStatus.Sent : DeliveryStatus.None, outcome.Delivery);
        }
    }

    [Fact]
    [Trait("Rule", "P3")]
    public async Task Transfer_EndsForLackOfRoom_WhenOthersHoldTheMemory()
    {
        var memory = _test.Budgets.Memory;
        Assert.True(memory.TryLease(memory.LimitBytes, BudgetPriority.Essential));
        var (sender, receiver) = await BeginAsync(100);
        await Eventually.TrueAsync(() => _test.Relay.GetSnapshot().Transfers[0].BytesReceived == 100, "the sender has sent");
        await AdvanceUntilAsync(sender.Outcome);

        Assert.Equal(TransferError.NoRoom, (await sender.Outcome.Soon()).Error);
        Assert.Equal(TransferError.NoRoom, await receiver.Started.Soon());
        memory.Return(memory.LimitBytes);
    }

    [Fact]
    public async Task Transfer_EndsForLackOfRoom_WhenTheBodyIsCompleteButCannotBeReadBack()
    {
        var buffers = new StuckBuffers();
        using var test = new TestRelay(register: services => services.AddSingleton<IChunkBufferFactory>(buffers));
        await using var sender = test.Send();
        await sender.WriteAsync(0, 100);
        await sender.CompleteAsync();
        await buffers.Buffer.Completed.Task.Soon();
        await using var receiver = test.Receive();
        Assert.False(receiver.Started.IsCompleted);

        test.Clock.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(TransferError.NoRoom, (await sender.Outcome.Soon()).Error);
        Assert.Equal(TransferError.NoRoom, await receiver.Started.Soon());
    }

    [Fact]
    public async Task Token_KeepsWaitingTransfers_UntilItsAbsoluteEnd()
    {
        using var test = new TestRelay(options =>
        {
            options.TokenLifetime = TimeSpan.FromSeconds(10);
            options.TokenMaxAge = TimeSpan.FromSeconds(100);
        });
        await using var waiting = test.Send("waiting");
        await using var sender = test.Send();
        await using var receiver = test.Receive();
        test.Clock.Advance(TimeSpan.FromSeconds(55));
        Assert.NotNull(test.Relay.Tokens.Find(test.Minted.Secret));
        await sender.WriteAsync(0, 10);
        Assert.Equal(10, await receiver.TakeSomeAsync());
        test.Clock.Advance(TimeSpan.FromSeconds(45));

        Assert.Equal(TransferError.TokenEnded, (await waiting.Outcome.Soon()).Error);
        Assert.Equal(0, test.Relay.Tokens.Count);
        await sender.WriteAsync(10, 10);
        await sender.CompleteAsync();
        Assert.Equal(10, await receiver.TakeSomeAsync());
        Assert.Equal(TransferError.None, await receiver.Received.Soon());
    }

    [Fact]
    public async Task Deadlines_HoldForOthers_WhenOneReceiversProgressThrows()
    {
        await using var sender = _test.Send("bad");
        await using var receiver = _test.Relay.JoinAsReceiver(_test.Token, "bad").Lease!;
        await sender.WriteAsync(0, 100_000);
        Assert.Equal(TransferError.None, await receiver.WaitForStartAsync().Soon());
        var body = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        var receiving = receiver.ReceiveAsync(body.Writer, static () => throw new ObjectDisposedException("socket")).AsTask();
        await using var other = _test.Send("good");

        _test.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(TransferError.NoReceiver, (await other.Outcome.Soon()).Error);
        await receiver.DisposeAsync();
        Assert.Equal(TransferError.ReceiverLost, await receiving.Soon());
    }

    /// <summary>Begins a transfer with a receiver, whose sender has sent a number of bytes and may send more.</summary>
    private async Task<(TestSender Sender, TestReceiver Receiver)> BeginAsync(int bytes)
    {
        var sender = _owned.Add(_test.Send());
        var receiver = _owned.Add(_test.Receive());
        await sender.WriteAsync(0, bytes);
        return (sender, receiver);
    }

    /// <summary>Lets time pass until it is too much: nothing shows when a pump has begun to wait.</summary>
    private Task AdvanceUntilAsync(Task ended) => Eventually.TrueAsync(() => HasEndedAfterASecond(ended), "a deadline has passed");

    private bool HasEndedAfterASecond(Task ended)
    {
        _test.Clock.Advance(TimeSpan.FromSeconds(1));
        return ended.IsCompleted;
    }

    private sealed class StuckBuffers : IChunkBufferFactory
    {
        public StuckBuffer Buffer { get; } = new();

        public IChunkBuffer Create(ChunkBufferTerms terms) => Buffer;
    }

    /// <summary>Takes bytes and never finds the memory to give them back.</summary>
    private sealed class StuckBuffer : IChunkBuffer
    {
        private readonly TaskCompletionSource<ChunkRead> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Completed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HeldRange Held => default;

        public bool IsAttended { get; set; }

        public ValueTask<AppendStatus> AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
            => ValueTask.FromResult(AppendStatus.Appended);

        public ValueTask<ChunkRead> ReadAsync(long offset, CancellationToken cancellationToken = default) => new(_failed.Task);

        public void Release(long offset)
        {
        }

        public bool TryRewind(long offset) => offset == 0;

        public void Complete() => Completed.TrySetResult();

        public void Fail() => _failed.TrySetResult(ChunkRead.None(ChunkReadStatus.Failed));

        public ValueTask DisposeAsync()
        {
            Fail();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Takes every piece at once, but the clock goes on meanwhile.</summary>
    private sealed class SlowWriter(FakeClock clock, TimeSpan time) : PipeWriter
    {
        private readonly byte[] _buffer = new byte[Large];

        public long Taken { get; private set; }

        public override void Advance(int bytes) => Taken += bytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer;

        public override Span<byte> GetSpan(int sizeHint = 0) => _buffer;

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            Taken += source.Length;
            return FlushAsync(cancellationToken);
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            clock.Advance(time);
            return ValueTask.FromResult(default(FlushResult));
        }
    }
}
