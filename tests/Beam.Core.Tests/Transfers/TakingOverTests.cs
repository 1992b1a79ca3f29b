using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>Who is cut off and comes back at once may be here before the news of the loss.</summary>
public sealed class TakingOverTests : IDisposable
{
    private readonly TestRelay _test = new(static options =>
    {
        options.ResumeTimeout = TimeSpan.FromMinutes(2);
        options.WindowBytes = 64 * 1024;
        options.RewindBytes = 1024 * 1024;
    });

    public void Dispose() => _test.Dispose();

    [Fact]
    [Trait("Rule", "P20")]
    [Trait("Rule", "P22")]
    public async Task Receiver_ThatIsBackBeforeTheNewsOfItsLoss_GoesOn()
    {
        await using var sender = _test.Send(length: 30_000);
        await sender.WriteAsync(0, 10_000);
        var first = _test.Receive();
        var got = await first.TakeSomeAsync();

        var returning = JoinAsync(new ReceiveTerms { From = got });
        Assert.False(returning.IsCompleted);
        await first.AbortAsync();

        await using var back = new TestReceiver((await returning.Soon()).Lease!, PipeOptionsChoice.Small);
        await sender.WriteAsync(10_000, 20_000);
        await sender.CompleteAsync();
        Assert.Equal(30_000 - got, await back.TakeAllAsync(got));
        back.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.True((await sender.Outcome.Soon()).IsSuccess);
        await first.DisposeAsync();
    }

    [Fact]
    [Trait("Rule", "P22")]
    public async Task Receiver_ThatHasNothing_BeginsAgain_OnceItsPredecessorIsGone()
    {
        await using var sender = _test.Send(length: 1_000);
        await using var first = _test.Receive();

        var returning = JoinAsync();
        await first.AbortAsync();

        await using var back = new TestReceiver((await returning.Soon()).Lease!, PipeOptionsChoice.Small);
        await sender.WriteAsync(0, 1_000);
        await sender.CompleteAsync();
        Assert.Equal(1_000, await back.TakeAllAsync());
    }

    [Fact]
    [Trait("Rule", "P22")]
    public async Task Receiver_WhosePredecessorTakesNothingMore_HasItsPlaceAfterFiveSeconds()
    {
        await using var sender = _test.Send(length: 3_000_000);
        var writing = sender.WriteAsync(0, 3_000_000);
        await using var first = _test.Receive();
        await Eventually.TrueAsync(() => first.Lease.Watch.IsWaiting, "its connection takes no more");

        var returning = JoinAsync(new ReceiveTerms { From = 1_000 });
        _test.Clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(returning.IsCompleted);
        _test.Clock.Advance(TimeSpan.FromSeconds(0.1));

        await using var back = new TestReceiver((await returning.Soon()).Lease!, PipeOptionsChoice.Small);
        Assert.Equal(TransferError.Superseded, await first.Lease.Ended.Soon());
        await sender.AbortAsync();
        await writing;
    }

    [Fact]
    [Trait("Rule", "P20")]
    public async Task Receiver_IsRefusedAfterFiveSeconds_WhenTheOneThatIsThereLives()
    {
        await using var sender = _test.Send(length: 1_000);
        await using var first = _test.Receive();

        var second = JoinAsync();
        _test.Clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(second.IsCompleted);
        _test.Clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(TransferError.AlreadyReceiving, (await second.Soon()).Error);
        Assert.False(first.Lease.Ended.IsCompleted);
    }

    [Fact]
    [Trait("Rule", "P20")]
    public async Task Receiver_ThatWaitsForAPlace_IsToldHowTheFileEnded_AndGetsNoOther()
    {
        await using var sender = _test.Send();
        await sender.WriteAsync(0, 1_000);
        await sender.CompleteAsync();
        await using var first = _test.Receive();
        Assert.Equal(1_000, await first.TakeAllAsync());

        var second = JoinAsync(new ReceiveTerms { From = 10 });
        first.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        await using var other = _test.Send(length: 5_000);

        var told = await second.Soon();
        Assert.Equal((TransferError.Gone, await sender.Outcome.Soon()), (told.Error, told.Past));
    }

    [Fact]
    [Trait("Rule", "P20")]
    public async Task Receiver_ThatIsBackBeforeItsSender_WaitsInThePlaceOfItsPredecessor()
    {
        using var test = new TestRelay(static options => options.MaxReceivers = 1);
        var first = test.Receive();
        var returning = test.Relay.JoinAsReceiverAsync(test.Token, "file").AsTask();
        Assert.False(returning.IsCompleted);
        await first.AbortAsync();

        await using var back = new TestReceiver((await returning.Soon()).Lease!, PipeOptionsChoice.Small);
        await using var sender = test.Send(length: 0);
        await sender.CompleteAsync();
        Assert.Equal(0, await back.TakeAllAsync());
        await first.DisposeAsync();
    }

    [Fact]
    [Trait("Rule", "P20")]
    public async Task Receiver_ThatLeavesWhileItWaitsForAPlace_TakesNone()
    {
        await using var sender = _test.Send(length: 1_000);
        await using var first = _test.Receive();
        using var gone = new CancellationTokenSource();

        var second = _test.Relay.JoinAsReceiverAsync(_test.Token, "file", cancellationToken: gone.Token).AsTask();
        await gone.CancelAsync();

        Assert.False((await second.Soon()).IsJoined);
        await first.AbortAsync();
        await first.Lease.Ended.Soon();
        Assert.Equal(SeatState.Away, Assert.Single(_test.Relay.GetSnapshot().Transfers[0].Receivers).State);
    }

    [Fact]
    [Trait("Rule", "P22")]
    public async Task NextReceiver_ThatIsBackBeforeTheNewsOfItsLoss_GetsTheFileFromItsStart()
    {
        await using var sender = _test.Send(length: 20_000);
        await sender.WriteAsync(0, 10_000);
        var first = new TestReceiver((await _test.Relay.JoinNextAsReceiverAsync(_test.Token).AsTask().Soon()).Lease!, PipeOptionsChoice.Small);
        await first.TakeSomeAsync();
        await Eventually.TrueAsync(() => _test.Relay.GetSnapshot().Transfers[0].BytesSent > 0, "the relay knows that it has something");

        var returning = _test.Relay.JoinNextAsReceiverAsync(_test.Token).AsTask();
        Assert.False(returning.IsCompleted);
        await first.AbortAsync();

        await using var back = new TestReceiver((await returning.Soon()).Lease!, PipeOptionsChoice.Small);
        await sender.WriteAsync(10_000, 10_000);
        await sender.CompleteAsync();
        Assert.Equal(20_000, await back.TakeAllAsync());
        back.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.True((await sender.Outcome.Soon()).IsSuccess);
        await first.DisposeAsync();
    }

    [Fact]
    [Trait("Rule", "P22")]
    public async Task NextReceiver_ThatHasWaitedForLong_LeavesThePlaceToWhoComesBackForIt()
    {
        await using var sender = _test.Send(length: 20_000);
        await sender.WriteAsync(0, 10_000);
        await using var first = _test.Receive();
        var got = await first.TakeSomeAsync();
        await Eventually.TrueAsync(() => _test.Relay.GetSnapshot().Transfers[0].BytesSent > 0, "the relay knows that it has something");

        var next = _test.Relay.JoinNextAsReceiverAsync(_test.Token).AsTask();
        _test.Clock.Advance(TimeSpan.FromSeconds(5));
        await first.AbortAsync();
        await first.Lease.Ended.Soon();

        Assert.False(next.IsCompleted);
        await using var back = _test.Receive("file", new ReceiveTerms { From = got });
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task Sender_ThatIsBackBeforeTheNewsOfItsLoss_BeginsAnew()
    {
        var first = _test.Send(length: 2_000);
        await first.WriteAsync(0, 1_000);

        var returning = _test.Relay.JoinAsSenderAsync(_test.Token, "file", new TransferDescription(2_000)).AsTask();
        Assert.False(returning.IsCompleted);
        await first.AbortAsync();

        await using var back = new TestSender((await returning.Soon()).Lease!);
        await using var receiver = _test.Receive();
        await back.WriteAsync(0, 2_000);
        await back.CompleteAsync();
        Assert.Equal(2_000, await receiver.TakeAllAsync());
        await first.DisposeAsync();
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task Sender_IsRefusedBeforeASecondHasPassed_WhenTheOneThatIsThereLives()
    {
        await using var first = _test.Send(length: 2_000);

        var second = _test.Relay.JoinAsSenderAsync(_test.Token, "file", new TransferDescription(2_000)).AsTask();
        Assert.False(second.IsCompleted);
        _test.Clock.Advance(TimeSpan.FromSeconds(0.8));

        Assert.Equal(TransferError.NameInUse, (await second.Soon()).Error);
    }

    [Fact]
    [Trait("Rule", "P19")]
    public async Task Sender_ThatComesWhileTheOnlyReceiverLeaves_IsNotEndedForIt()
    {
        for (var i = 0; i < 1_000; i++)
        {
            var name = $"file{i}";
            await using var receiver = _test.Receive(name);
            var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var leaving = Task.Run(async () =>
            {
                await begin.Task;
                receiver.Lease.Fail(TransferError.ReceiverLost);
            });
            var coming = Task.Run(async () =>
            {
                await begin.Task;
                return _test.Send(name, length: 1_000);
            });

            begin.SetResult();
            await leaving.Soon();
            await using var sender = await coming.Soon();

            Assert.Null(_test.Relay.FindStatus(_test.Token, name)!.Outcome);
            _test.Relay.Cancel(_test.Token, name);
        }
    }

    private Task<JoinResult<TransferReceiver>> JoinAsync(ReceiveTerms? terms = null)
        => _test.Relay.JoinAsReceiverAsync(_test.Token, "file", terms).AsTask();
}
