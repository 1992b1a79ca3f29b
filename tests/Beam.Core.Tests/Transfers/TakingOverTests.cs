using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>A client that is cut off and comes back at once may be here before the news of the loss.</summary>
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
    [Trait("Rule", "P22")]
    public async Task Receiver_WhosePredecessorWasLastSeenToTakeSomethingASecondLater_HasItsPlaceAfterFiveSeconds()
    {
        await using var sender = _test.Send(length: 3_000_000);
        var writing = sender.WriteAsync(0, 3_000_000);
        await using var first = _test.Receive();
        await Eventually.TrueAsync(() => first.Lease.Watch.IsWaiting, "its connection takes no more");
        first.Lease.Watch.Observe(static () => 1);

        var returning = JoinAsync(new ReceiveTerms { From = 1_000 });
        for (var second = 0; second < 5; second++)
        {
            _test.Clock.Advance(TimeSpan.FromSeconds(1));
        }

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
        var first = new TestReceiver(
            (await _test.Relay.JoinNextAsReceiverAsync(_test.Token).AsTask().Soon()).Lease!,
            PipeOptionsChoice.Small);
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
    [Trait("Rule", "P17")]
    public async Task Receiver_IsRefusedAfterTheWaitItAskedFor_WhenThatIsShorter()
    {
        await using var sender = _test.Send(length: 1_000);
        await using var first = _test.Receive();

        var second = JoinAsync(new ReceiveTerms { Wait = TimeSpan.FromSeconds(1) });
        Assert.False(second.IsCompleted);
        _test.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TransferError.AlreadyReceiving, (await second.Soon()).Error);
    }

    [Fact]
    [Trait("Rule", "P11")]
    public async Task Receiver_WhoseTokenIsRevokedWhileItWaits_GetsNoPlace()
    {
        var link = _test.Relay.Tokens.MintSubTokenAsync(_test.Token, TokenRights.Receive).AtOnce()!.Token;
        await using var sender = _test.Send(length: 1_000);
        await using var first = _test.Receive();
        var second = _test.Relay.JoinAsReceiverAsync(link, "file").AsTask();

        _test.Relay.RevokeAsync(link).AtOnce();
        await first.AbortAsync();

        Assert.Equal(TransferError.UnknownToken, (await second.Soon()).Error);
    }

    [Fact]
    [Trait("Rule", "P11")]
    public async Task Sender_WhoseTokenIsRevokedWhileItWaits_LeavesTheFileToItsSender()
    {
        var link = _test.Relay.Tokens.MintSubTokenAsync(_test.Token, TokenRights.All).AtOnce()!.Token;
        await using var first = _test.Send(length: 2_000);
        await first.WriteAsync(0, 1_000);
        await Eventually.TrueAsync(() => _test.Relay.GetSnapshot().Transfers[0].Held.To == 1_000, "the relay holds what was sent");
        var second = _test.Relay.JoinAsSenderAsync(link, "file", new TransferDescription(2_000)).AsTask();

        _test.Relay.RevokeAsync(link).AtOnce();
        await first.AbortAsync();

        Assert.Equal(TransferError.UnknownToken, (await second.Soon()).Error);
        await using var back = await _test.ResumeAsync(1_000, length: 2_000);
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task BothSides_AreTurnedAwayAtOnce_WhenTheRelayShutsDownWhileTheyWait()
    {
        await using var sender = _test.Send(length: 1_000);
        await using var first = _test.Receive();
        var receiver = JoinAsync();
        var other = _test.Relay.JoinAsSenderAsync(_test.Token, "file", new TransferDescription(1_000)).AsTask();

        var drained = _test.Relay.DrainAsync();

        Assert.Equal(TransferError.ShuttingDown, (await receiver.Soon()).Error);
        Assert.Equal(TransferError.ShuttingDown, (await other.Soon()).Error);
        Assert.False(drained.IsCompleted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "P9")]
    [Trait("Rule", "P18")]
    public async Task Receiver_WithALinkForOneUse_IsTakenForItsPredecessor_AlsoWhereOtherPlacesAreFree(bool isNamed)
    {
        var link = _test.Relay.Tokens.MintSubTokenAsync(_test.Token, TokenRights.Receive, uses: 1).AtOnce()!.Token;
        await using var sender = _test.Send("file", 1_000, new SendTerms { Receivers = 3 });
        await using var first = _test.Receive(token: link);
        var returning = isNamed
            ? _test.Relay.JoinAsReceiverAsync(link, "file").AsTask()
            : _test.Relay.JoinNextAsReceiverAsync(link).AsTask();
        Assert.False(returning.IsCompleted);

        await first.AbortAsync();

        await using var back = new TestReceiver((await returning.Soon()).Lease!, PipeOptionsChoice.Small);
        Assert.Equal(0, link.UsesLeft);
        Assert.Equal(SeatState.Receiving, Assert.Single(_test.Relay.GetSnapshot().Transfers[0].Receivers).State);
    }

    [Fact]
    [Trait("Rule", "P18")]
    [Trait("Rule", "P22")]
    public async Task Receiver_ThatAsksForTheRest_WaitsForItsOwnPlace_WhereOthersAreFree()
    {
        await using var sender = _test.Send("file", 30_000, new SendTerms { Receivers = 3 });
        await sender.WriteAsync(0, 10_000);
        await using var first = _test.Receive();
        var got = await first.TakeSomeAsync();
        await Eventually.TrueAsync(() => _test.Relay.GetSnapshot().Transfers[0].BytesSent >= got, "the relay knows what it has taken");

        var returning = JoinAsync(new ReceiveTerms { From = got });
        Assert.False(returning.IsCompleted);
        await first.AbortAsync();

        await using var back = new TestReceiver((await returning.Soon()).Lease!, PipeOptionsChoice.Small);
        Assert.Equal(SeatState.Receiving, Assert.Single(_test.Relay.GetSnapshot().Transfers[0].Receivers).State);
    }

    [Fact]
    [Trait("Rule", "P18")]
    public async Task Receiver_ThatAsksForTheRest_HasAFreePlaceAfterFiveSeconds_WhenTheOthersLive()
    {
        await using var sender = _test.Send("file", 30_000, new SendTerms { Receivers = 3 });
        await sender.WriteAsync(0, 10_000);
        await using var first = _test.Receive(pipe: PipeOptionsChoice.Unlimited);
        var got = await first.TakeSomeAsync();
        await Eventually.TrueAsync(() => _test.Relay.GetSnapshot().Transfers[0].BytesSent >= got, "the relay knows what it has taken");

        var second = JoinAsync(new ReceiveTerms { From = got });
        _test.Clock.Advance(TimeSpan.FromSeconds(5));

        await using var receiver = new TestReceiver((await second.Soon()).Lease!, PipeOptionsChoice.Small);
        Assert.Equal(2, _test.Relay.GetSnapshot().Transfers[0].Receivers.Count);
    }

    [Fact]
    [Trait("Rule", "P9")]
    public async Task Receiver_WithALinkForOneUse_IsRefused_WhenTheOneThatIsThereLives()
    {
        var link = _test.Relay.Tokens.MintSubTokenAsync(_test.Token, TokenRights.Receive, uses: 1).AtOnce()!.Token;
        await using var first = _test.Receive(token: link);

        var second = _test.Relay.JoinAsReceiverAsync(link, "file").AsTask();
        Assert.False(second.IsCompleted);
        _test.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(TransferError.TokenSpent, (await second.Soon()).Error);
    }

    [Fact]
    [Trait("Rule", "P18")]
    public async Task Receiver_HasAPlaceAtOnce_WhenAnotherSenderWantsMoreReceivers()
    {
        await _test.Send(length: 1_000).DisposeAsync();
        await using var first = _test.Receive();
        var second = JoinAsync();
        Assert.False(second.IsCompleted);

        await using var sender = _test.Send("file", 1_000, new SendTerms { Receivers = 2 });

        await using var receiver = new TestReceiver((await second.Soon()).Lease!, PipeOptionsChoice.Small);
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

            Assert.Null(_test.Token.Channel.FindStatus(name)!.Outcome);
            _test.Relay.Cancel(_test.Token, name);
        }
    }

    private Task<JoinResult<TransferReceiver>> JoinAsync(ReceiveTerms? terms = null)
        => _test.Relay.JoinAsReceiverAsync(_test.Token, "file", terms).AsTask();
}
