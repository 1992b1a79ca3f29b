using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>A side that breaks off may come back and go on where it was.</summary>
public sealed class ResumeTests : IDisposable
{
    private static readonly TimeSpan ResumeTimeout = TimeSpan.FromMinutes(2);

    private readonly TestRelay _test = new(options =>
    {
        options.ResumeTimeout = ResumeTimeout;
        options.WindowBytes = 64 * 1024;
        options.RewindBytes = 256 * 1024;
    });

    public void Dispose() => _test.Dispose();

    [Fact]
    [Trait("Rule", "P23")]
    public async Task Sender_GoesOn_WhileTheReceiverStays()
    {
        await using var receiver = _test.Receive();
        var taking = receiver.TakeAllAsync();
        await using (var first = _test.Send(length: 300_000))
        {
            await first.WriteAsync(0, 100_000);
            await HoldsAsync(100_000);
            await first.AbortAsync();
            Assert.Equal(new SendResult(TransferError.SenderLost, 100_000, Outcome: null), await first.Result.Soon());
        }

        Assert.Equal(TransferState.SenderAway, _test.Relay.GetSnapshot().Transfers[0].State);
        await using var second = await _test.ResumeAsync(100_000, length: 300_000);
        await second.WriteAsync(100_000, 200_000);
        await second.CompleteAsync();

        Assert.Equal(300_000, await taking);
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.True((await second.Outcome.Soon()).IsSuccess);
    }

    [Theory]
    [InlineData(99_999)]
    [InlineData(100_001)]
    [Trait("Rule", "P23")]
    public async Task Sender_IsToldTheRightOffset_AndCutsNobody_WithAWrongOne(long offset)
    {
        await using var first = _test.Send(length: 300_000);
        await using var receiver = _test.Receive();
        var taking = receiver.TakeAllAsync();
        await first.WriteAsync(0, 100_000);
        await HoldsAsync(100_000);

        var refused = await _test.Relay.ResumeAsSenderAsync(_test.Token, "file", offset, length: null);

        Assert.Equal(TransferError.WrongOffset, refused.Error);
        Assert.Equal(100_000, refused.Transfer!.Held.To);
        await first.WriteAsync(100_000, 200_000);
        await first.CompleteAsync();
        Assert.Equal(300_000, await taking);
    }

    [Fact]
    [Trait("Rule", "P23")]
    public async Task Sender_CannotChangeTheLength_OrResumeWhatIsNotThere()
    {
        await using var first = _test.Send(length: 300_000);
        Assert.Equal(TransferError.LengthChanged, (await _test.Relay.ResumeAsSenderAsync(_test.Token, "file", 0, length: 300_001)).Error);
        Assert.Equal(TransferError.UnknownName, (await _test.Relay.ResumeAsSenderAsync(_test.Token, "other", 0, length: null)).Error);
        Assert.Null(_test.Token.Channel.FindStatus("other"));
    }

    [Fact]
    [Trait("Rule", "P23")]
    public async Task NewerSender_TakesOver_FromOneThatIsHeldBack()
    {
        // Nobody receives, so the first one waits for room with bytes in its hands.
        await using var first = _test.Send(length: 300_000);
        await first.WriteAsync(0, 200_000);
        await HoldsAsync(64 * 1024);

        await using var second = await _test.ResumeAsync(64 * 1024);
        Assert.Equal(
            new SendResult(TransferError.Superseded, 64 * 1024, Outcome: null),
            (await first.Result.Soon()) with { Offset = 64 * 1024 });
        await second.WriteAsync(64 * 1024, 300_000 - (64 * 1024));
        await second.CompleteAsync();

        await using var receiver = _test.Receive();
        Assert.Equal(300_000, await receiver.TakeAllAsync());
        receiver.Lease.FinishDelivery(DeliveryStatus.Sent);
        Assert.True((await second.Outcome.Soon()).IsSuccess);
    }

    [Fact]
    [Trait("Rule", "P24")]
    public async Task File_ArrivesInOnePiece_WhenItIsSentInMany()
    {
        await using var receiver = _test.Receive();
        var taking = receiver.TakeAllAsync();
        await using (var first = _test.Send("file", length: null, new SendTerms { EndsFile = false }))
        {
            await first.WriteAsync(0, 10_000);
            await first.CompleteAsync();
            Assert.Equal(new SendResult(TransferError.None, 10_000, Outcome: null), await first.Result.Soon());
        }

        await using (var second = await _test.ResumeAsync(10_000, terms: new SendTerms { EndsFile = false }))
        {
            await second.WriteAsync(10_000, 10_000);
            await second.CompleteAsync();
            Assert.Null((await second.Result.Soon()).Outcome);
        }

        await using var third = await _test.ResumeAsync(20_000);
        await third.CompleteAsync();
        Assert.Equal(20_000, await taking);
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.True((await third.Outcome.Soon()).IsSuccess);
    }

    [Fact]
    [Trait("Rule", "P17")]
    public async Task Sender_ThatStaysAway_FailsTheTransfer_AfterTheResumeTime()
    {
        await using var receiver = _test.Receive();
        await using var sender = _test.Send(length: 300_000);
        await sender.WriteAsync(0, 1_000);
        await receiver.TakeSomeAsync();
        await sender.AbortAsync();
        await sender.Result.Soon();

        _test.Clock.Advance(ResumeTimeout - TimeSpan.FromSeconds(1));
        Assert.False(receiver.Received.IsCompleted);
        _test.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TransferError.SenderLost, await receiver.Received.Soon());
    }

    [Fact]
    [Trait("Rule", "P23")]
    public async Task Sender_WhoseBodyCannotBeResumed_FailsAtOnce()
    {
        await using var receiver = _test.Receive();
        await using var sender = _test.Send("file", length: 300_000, new SendTerms { MayResume = false });
        await sender.WriteAsync(0, 1_000);
        await receiver.TakeSomeAsync();
        await sender.AbortAsync();

        Assert.Equal(TransferError.SenderLost, await receiver.Received.Soon());
    }

    [Fact]
    [Trait("Rule", "P22")]
    public async Task Receiver_ComesBack_ToASenderThatCouldNot()
    {
        await using var sender = _test.Send("file", length: 10_000, new SendTerms { MayResume = false });
        await sender.WriteAsync(0, 10_000);
        await sender.CompleteAsync();
        await using (var broken = _test.Receive())
        {
            await broken.TakeSomeAsync();
        }

        await using var back = _test.Receive("file", new ReceiveTerms { From = 1_000 });
        Assert.Equal(9_000, await back.TakeAllAsync(from: 1_000));
        back.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.True((await sender.Outcome.Soon()).IsSuccess);
    }

    [Fact]
    [Trait("Rule", "P23")]
    public async Task Sender_ThatBeginsAnew_ReplacesItsPredecessor_AndCutsWhoHasItsBytes()
    {
        await using var receiver = _test.Receive();
        await using var first = _test.Send(length: 300_000);
        await first.WriteAsync(0, 1_000);
        await receiver.TakeSomeAsync();
        Assert.Equal(TransferError.NameInUse, _test.RefusalOfSender());
        await first.AbortAsync();
        await first.Result.Soon();

        await using var second = _test.Send(length: 2_000);
        Assert.Equal(TransferError.SenderLost, await receiver.Received.Soon());
        await second.WriteAsync(0, 2_000);
        await second.CompleteAsync();
        await using var other = _test.Receive();
        Assert.Equal(2_000, await other.TakeAllAsync());
    }

    [Fact]
    [Trait("Rule", "P23")]
    public async Task Sender_ThatBeginsAnewBeforeItsFirstByte_KeepsTheWaitingReceiver()
    {
        await using var receiver = _test.Receive();
        await using var first = _test.Send(length: 300_000);
        await first.AbortAsync();
        await first.Result.Soon();

        await using var second = _test.Send(length: 2_000);
        await second.WriteAsync(0, 2_000);
        await second.CompleteAsync();

        Assert.Equal(2_000, await receiver.TakeAllAsync());
        Assert.Equal(2_000, receiver.Lease.Length);
    }

    [Fact]
    [Trait("Rule", "P22")]
    public async Task Receiver_GoesOn_WhereItsBytesEnd()
    {
        await using var sender = _test.Send(length: 300_000);
        var writing = sender.WriteAsync(0, 300_000);
        long got;
        await using (var first = _test.Receive())
        {
            got = await first.TakeSomeAsync();
            await first.AbortAsync();
            await first.Lease.Ended.Soon();
        }

        await writing;
        await sender.CompleteAsync();
        Assert.Equal(TransferState.ReceiverAway, _test.Relay.GetSnapshot().Transfers[0].State);
        await using var second = _test.Receive("file", new ReceiveTerms { From = got });
        Assert.Equal(300_000 - got, await second.TakeAllAsync(got));
        Assert.Equal((got, 300_000), (second.Lease.From, second.Lease.End));
        second.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        var outcome = await sender.Outcome.Soon();
        Assert.Equal([new ReceiverOutcome(TransferError.None, DeliveryStatus.Confirmed, 300_000)], outcome.Receivers);
    }

    [Fact]
    [Trait("Rule", "P22")]
    public async Task Receiver_MayStartAgainFromTheBeginning_WhileItIsHeld()
    {
        await using var sender = _test.Send(length: 100_000);
        await sender.WriteAsync(0, 100_000);
        await sender.CompleteAsync();
        await using (var first = _test.Receive(pipe: PipeOptionsChoice.Unlimited))
        {
            Assert.Equal(100_000, await first.TakeAllAsync());
            first.Lease.Fail(TransferError.ReceiverLost);
        }

        await using var second = _test.Receive();
        Assert.Equal(100_000, await second.TakeAllAsync());
    }

    [Fact]
    [Trait("Rule", "P22")]
    public async Task Receiver_IsToldWhatIsHeld_WhenItsBytesAreGone()
    {
        await using var sender = _test.Send();
        var writing = sender.WriteAsync(0, 2_000_000);
        await using (var first = _test.Receive(pipe: PipeOptionsChoice.Unlimited))
        {
            await writing;
            await Eventually.TrueAsync(() => _test.Relay.GetSnapshot().Transfers[0].BytesSent == 2_000_000, "the receiver took it");
            await first.AbortAsync();
            await first.Lease.Ended.Soon();
        }

        var refused = _test.Relay.JoinAsReceiver(_test.Token, "file", new ReceiveTerms { From = 1_000_000 });
        Assert.Equal(TransferError.RangeNotHeld, refused.Error);
        Assert.InRange(refused.Transfer!.Held.From, 2_000_000 - (256 * 1024) - (128 * 1024), 2_000_000 - (256 * 1024));
        Assert.Equal(TransferError.RangeNotHeld, _test.Relay.JoinAsReceiver(_test.Token, "file").Error);

        await using var second = _test.Receive("file", new ReceiveTerms { From = refused.Transfer.Held.From });
        await sender.CompleteAsync();
        Assert.Equal(2_000_000 - second.Lease.From, await second.TakeAllAsync(second.Lease.From));
    }

    [Fact]
    [Trait("Rule", "P17")]
    public async Task Receiver_ThatStaysAway_FailsTheTransfer_AfterTheResumeTime()
    {
        await using var sender = _test.Send(length: 300_000);
        await using var receiver = _test.Receive();
        await sender.WriteAsync(0, 1_000);
        await receiver.TakeSomeAsync();
        await receiver.AbortAsync();
        await receiver.Lease.Ended.Soon();

        _test.Clock.Advance(ResumeTimeout - TimeSpan.FromSeconds(1));
        Assert.False(sender.Result.IsCompleted);
        _test.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TransferError.ReceiverLost, (await sender.Outcome.Soon()).Error);
        await sender.DisposeAsync();
        await receiver.DisposeAsync();
        _test.AssertNothingIsLeft();
    }

    [Fact]
    [Trait("Rule", "P22")]
    public async Task Receiver_ThatHasEverything_IsDelivered()
    {
        await using var sender = _test.Send();
        await sender.WriteAsync(0, 1_000);
        await sender.CompleteAsync();
        await using (var first = _test.Receive())
        {
            Assert.Equal(1_000, await first.TakeAllAsync());
        }

        var again = _test.Relay.JoinAsReceiver(_test.Token, "file", new ReceiveTerms { From = 1_000 });
        await using (again.Lease)
        {
            Assert.Equal(TransferError.None, await again.Lease!.WaitForStartAsync().AsTask().Soon());
            Assert.True(again.Lease.HasEverything);
            again.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        }

        Assert.Equal(DeliveryStatus.Confirmed, (await sender.Outcome.Soon()).Delivery);
    }

    [Fact]
    [Trait("Rule", "P22")]
    public async Task Receiver_MayTakeTheFileInPieces()
    {
        await using var sender = _test.Send(length: 25_000);
        await sender.WriteAsync(0, 25_000);
        await sender.CompleteAsync();
        for (var from = 0L; from < 25_000; from += 10_000)
        {
            await using var piece = _test.Receive("file", new ReceiveTerms { From = from, To = from + 10_000 });
            Assert.Equal(Math.Min(10_000, 25_000 - from), await piece.TakeAllAsync(from));
            Assert.Equal(TransferError.None, await piece.Received.Soon());
            piece.Lease.FinishDelivery(DeliveryStatus.Sent);
            Assert.Equal(TransferError.None, await piece.Lease.Ended.Soon());
        }

        Assert.True((await sender.Outcome.Soon()).IsSuccess);
    }

    [Fact]
    [Trait("Rule", "P20")]
    [Trait("Rule", "P22")]
    public async Task Receiver_ThatLives_IsReplacedOnlyByWhoKnowsTheTransfer_OrWhenItStandsStill()
    {
        await using var sender = _test.Send(length: 3_000_000);
        var writing = sender.WriteAsync(0, 3_000_000);
        await using var first = _test.Receive();
        var got = await first.TakeSomeAsync();
        Assert.Equal(
            TransferError.AlreadyReceiving,
            _test.Relay.JoinAsReceiver(_test.Token, "file", new ReceiveTerms { From = got }).Error);

        await using (_test.Receive("file", new ReceiveTerms { From = got, TransferId = sender.Lease.TransferId }))
        {
            Assert.Equal(TransferError.Superseded, await first.Lease.Ended.Soon());
        }

        await using var third = _test.Receive("file", new ReceiveTerms { From = got });
        await third.TakeSomeAsync();
        await Eventually.TrueAsync(
            () =>
            {
                _test.Clock.Advance(TimeSpan.FromSeconds(5));
                return _test.Relay.JoinAsReceiver(_test.Token, "file", new ReceiveTerms { From = got }).IsJoined;
            },
            "the third one stands still");
        Assert.Equal(TransferError.Superseded, await third.Lease.Ended.Soon());
        await sender.AbortAsync();
        await writing;
    }

    [Fact]
    [Trait("Rule", "P22")]
    public async Task Receiver_WithTheIdOfAnotherTransfer_GetsTheWholeFile()
    {
        await using var sender = _test.Send(length: 1_000);
        await sender.WriteAsync(0, 1_000);
        await sender.CompleteAsync();
        await using var receiver = _test.Receive("file", new ReceiveTerms { From = 500, TransferId = "another" });

        Assert.Equal(1_000, await receiver.TakeAllAsync());
        Assert.Equal(0, receiver.Lease.From);
    }

    private Task HoldsAsync(long bytes)
        => Eventually.TrueAsync(() => _test.Token.Channel.FindStatus("file")?.Transfer.Held.To == bytes, $"{bytes} bytes came");
}
