using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

public sealed class RelayTests : IDisposable
{
    private readonly TestRelay _test = new();

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "P12")]
    public async Task Transfer_Arrives_WhoeverComesFirst(bool senderFirst)
    {
        var sender = senderFirst ? _test.Send(length: 3_000_000) : null;
        await using (var receiver = _test.Receive())
        {
            sender ??= _test.Send(length: 3_000_000);
            await sender.WriteAsync(0, 3_000_000);
            await sender.CompleteAsync();

            Assert.Equal(3_000_000, await receiver.TakeAllAsync());
            Assert.Equal(TransferError.None, await receiver.Received.Soon());
            Assert.Equal(3_000_000, receiver.Lease.Description.Length);
            Assert.False(sender.Outcome.IsCompleted);
            _test.Clock.Advance(TimeSpan.FromSeconds(2));
            receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        }

        var outcome = await sender.Outcome.Soon();
        Assert.Equal((TransferError.None, DeliveryStatus.Confirmed), (outcome.Error, outcome.Delivery));
        Assert.Equal((3_000_000, TimeSpan.FromSeconds(2)), (outcome.Bytes, outcome.Duration));
        Assert.Equal([new ReceiverOutcome(TransferError.None, DeliveryStatus.Confirmed, 3_000_000)], outcome.Receivers);
        await sender.DisposeAsync();
        _test.AssertNothingIsLeft();
    }

    [Fact]
    public async Task Transfer_Arrives_WhenItIsEmpty()
    {
        await using var sender = _test.Send(length: 0);
        await using var receiver = _test.Receive();
        await sender.CompleteAsync();

        Assert.Equal(0, await receiver.TakeAllAsync());
        receiver.Lease.FinishDelivery(DeliveryStatus.Sent);
        Assert.Equal(DeliveryStatus.Sent, (await sender.Outcome.Soon()).Delivery);
    }

    [Fact]
    public async Task Join_IsRefused_WhileThePlaceIsTaken()
    {
        await using var sender = _test.Send();
        Assert.Equal(TransferError.NameInUse, _test.RefusalOfSender());
        await using var receiver = _test.Receive();
        Assert.Equal(TransferError.AlreadyReceiving, _test.RefusalOfReceiver());
        await using var other = _test.Send("File");
        Assert.Equal(2, _test.Relay.TransferCount);
    }

    [Fact]
    [Trait("Rule", "P20")]
    public async Task JoinAsReceiver_TellsThePastOutcome_UntilASenderTakesTheNameAgain()
    {
        var outcome = await _test.DeliverAsync();

        var late = _test.Relay.JoinAsReceiver(_test.Token, "file");
        Assert.Equal((TransferError.Gone, outcome), (late.Error, late.Past));
        Assert.False(late.IsJoined);

        await using var sender = _test.Send();
        await using var receiver = _test.Receive();
    }

    [Fact]
    public async Task JoinAsReceiver_LeavesNothingToTell_WhenNobodyEverSent()
    {
        await using (_test.Receive())
        {
        }

        await using var again = _test.Receive();
    }

    [Fact]
    [Trait("Rule", "P9")]
    public void Join_IsRefused_WithoutTheRight()
    {
        var send = _test.Relay.Tokens.MintSubTokenAsync(_test.Token, TokenRights.Send).AtOnce()!.Token;
        var receive = _test.Relay.Tokens.MintSubTokenAsync(_test.Token, TokenRights.Receive).AtOnce()!.Token;

        Assert.Equal(TransferError.NotAllowed, _test.RefusalOfSender(token: receive));
        Assert.Equal(TransferError.NotAllowed, _test.RefusalOfReceiver(token: send));
        Assert.Equal(TransferError.NotAllowed, _test.Relay.Cancel(receive, "file"));
        Assert.Equal(0, _test.Relay.TransferCount);
    }

    [Fact]
    public async Task Join_IsRefused_OverTheLimits()
    {
        using var test = new TestRelay(options =>
        {
            options.MaxTransfers = 3;
            options.MaxWaitingTransfersPerToken = 2;
            options.MaxTransferBytes = 1_000;
        });
        Assert.Equal(TransferError.TooLarge, test.RefusalOfSender(length: 1_001));
        await using var a = test.Send("a", length: 1_000);
        await using var b = test.Receive("b");
        Assert.Equal(TransferError.TooManyWaiting, test.RefusalOfSender("c"));
        Assert.Equal(TransferError.TooManyWaiting, test.RefusalOfReceiver("c"));

        var other = test.Relay.Tokens.MintAsync().AtOnce()!.Token;
        await using var c = test.Send("c", token: other);
        Assert.Equal(TransferError.TooManyTransfers, test.RefusalOfSender("d", token: other));

        await using var pairedWithA = test.Receive("a");
        Assert.Equal(TransferError.TooManyTransfers, test.RefusalOfSender("d"));
        Assert.Equal(3, test.Relay.TransferCount);
    }

    [Fact]
    [Trait("Rule", "P28")]
    public async Task Cancel_CutsBothSides()
    {
        await using var sender = _test.Send();
        await using var receiver = _test.Receive();
        await sender.WriteAsync(0, 10);

        Assert.Equal(TransferError.UnknownName, _test.Relay.Cancel(_test.Token, "other"));
        Assert.Equal(TransferError.None, _test.Relay.Cancel(_test.Token, "file"));

        Assert.Equal(TransferError.Cancelled, (await sender.Outcome.Soon()).Error);
        Assert.Equal(TransferError.Cancelled, await receiver.Received.Soon());
        Assert.Equal(TransferError.UnknownName, _test.Relay.Cancel(_test.Token, "file"));
    }

    [Fact]
    [Trait("Rule", "P11")]
    public async Task Revoke_CutsWhatTheTokenAndItsSubTokensBegan()
    {
        var sub = _test.Relay.Tokens.MintSubTokenAsync(_test.Token, TokenRights.Send).AtOnce()!;
        var stranger = _test.Relay.Tokens.MintAsync().AtOnce()!.Token;
        await using var waiting = _test.Send("waiting", token: sub.Token);
        await using var sender = _test.Send("file");
        await using var receiver = _test.Receive("file");
        await using var untouched = _test.Send(token: stranger);

        _test.Relay.RevokeAsync(_test.Token).AtOnce();

        Assert.Equal(TransferError.TokenEnded, (await waiting.Outcome.Soon()).Error);
        Assert.Equal(TransferError.TokenEnded, (await sender.Outcome.Soon()).Error);
        Assert.Equal(TransferError.TokenEnded, await receiver.Received.Soon());
        Assert.False(untouched.Outcome.IsCompleted);
        Assert.Null(_test.Relay.Tokens.Find(sub.Secret));
        Assert.Equal(TransferError.UnknownToken, _test.RefusalOfSender("more", token: sub.Token));
        Assert.Equal(TransferError.UnknownToken, _test.RefusalOfReceiver("more"));
    }

    [Fact]
    public async Task DrainAsync_CutsWhatWaits_AndLetsTheRestRun()
    {
        await using var waitingSender = _test.Send("a");
        await using var waitingReceiver = _test.Receive("b");
        var sender = _test.Send();
        var receiver = _test.Receive();

        var drained = _test.Relay.DrainAsync();

        Assert.True(_test.Relay.IsDraining);
        Assert.Equal(TransferError.ShuttingDown, (await waitingSender.Outcome.Soon()).Error);
        Assert.Equal(TransferError.ShuttingDown, await waitingReceiver.Received.Soon());
        Assert.Equal(TransferError.ShuttingDown, _test.RefusalOfSender("c"));
        Assert.Equal(TransferError.ShuttingDown, _test.RefusalOfReceiver("c"));

        await sender.WriteAsync(0, 10);
        await sender.CompleteAsync();
        Assert.Equal(10, await receiver.TakeAllAsync());
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.True((await sender.Outcome.Soon()).IsSuccess);
        await waitingSender.DisposeAsync();
        await waitingReceiver.DisposeAsync();
        await receiver.DisposeAsync();
        Assert.False(drained.IsCompleted);
        await sender.DisposeAsync();
        await drained.Soon();
        await _test.Relay.DrainAsync().Soon();
    }

    [Fact]
    public async Task Channel_TellsOfTheLastFifty_HoweverManyHaveEnded()
    {
        for (var i = 0; i < 60; i++)
        {
            await using var sender = _test.Send($"file{i}");
            _test.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(TransferError.None, _test.Relay.Cancel(_test.Token, $"file{i}"));
        }

        var recent = _test.Token.Channel.GetSnapshot().Recent;

        Assert.Equal(50, recent.Count);
        Assert.Equal(("file59", "file10"), (recent[0].Name, recent[^1].Name));
    }

    [Fact]
    public async Task CutAll_FailsWhatRuns()
    {
        await using var sender = _test.Send();
        await using var receiver = _test.Receive();

        _test.Relay.CutAll();

        Assert.Equal(TransferError.ShuttingDown, (await sender.Outcome.Soon()).Error);
        Assert.Equal(TransferError.ShuttingDown, await receiver.Received.Soon());
    }

    [Fact]
    [Trait("Rule", "P5")]
    public async Task Dispose_FailsWhatRuns_AndStopsTheTimer()
    {
        await using var sender = _test.Send();

        _test.Relay.Dispose();

        Assert.Equal(TransferError.ShuttingDown, (await sender.Outcome.Soon()).Error);
        Assert.Equal(TransferError.ShuttingDown, _test.RefusalOfSender("more"));
        Assert.Equal(0, _test.Clock.ActiveTimers);
    }

    [Fact]
    public async Task Outcomes_AreRememberedForAWhile_AndNotTooMany()
    {
        using var test = new TestRelay(options => options.MaxRetainedOutcomes = 2);
        await test.DeliverAsync("a");
        await test.DeliverAsync("b");
        await test.DeliverAsync("c");
        await using (test.Receive("a"))
        {
        }

        Assert.Equal(TransferError.Gone, test.RefusalOfReceiver("b"));
        Assert.Equal(TransferError.Gone, test.RefusalOfReceiver("c"));

        test.Clock.Advance(TimeSpan.FromMinutes(10));
        await using var b = test.Receive("b");
    }

    [Fact]
    public async Task Outcomes_OfALaterTransferStay_WhenTheEarlierOneIsForgotten()
    {
        await _test.DeliverAsync();
        _test.Clock.Advance(TimeSpan.FromMinutes(6));
        await _test.DeliverAsync();
        _test.Clock.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal(TransferError.Gone, _test.RefusalOfReceiver());
    }

    [Fact]
    public async Task Outcomes_AreNotKept_WhenNoneMayBe()
    {
        using var test = new TestRelay(options => options.MaxRetainedOutcomes = 0);
        await test.DeliverAsync();
        await using var receiver = test.Receive();
    }

    [Fact]
    [Trait("Rule", "P26")]
    public async Task GetSnapshot_ShowsSizes_AndNoSecret()
    {
        await using var sender = _test.Send("secret-name", length: 500);
        await sender.WriteAsync(0, 100);
        await Eventually.TrueAsync(() => _test.Relay.GetSnapshot().Transfers[0].BytesReceived == 100, "the bytes came");
        _test.Clock.Advance(TimeSpan.FromSeconds(3));

        var snapshot = _test.Relay.GetSnapshot();

        var transfer = Assert.Single(snapshot.Transfers);
        Assert.Equal(
            (TransferState.WaitingForReceiver, 500L, TimeSpan.FromSeconds(3)),
            (transfer.State, transfer.Length!.Value, transfer.Age));
        Assert.Equal(_test.Token.Id, transfer.TokenId);
        Assert.Equal(_test.Token.Id, Assert.Single(snapshot.Tokens).Id);
        Assert.Equal(4096, snapshot.MemoryUsedBytes);
        Assert.DoesNotContain(_test.Minted.Secret, $"{snapshot} {transfer} {snapshot.Tokens[0]}", StringComparison.Ordinal);
        Assert.DoesNotContain("secret-name", $"{snapshot} {transfer}", StringComparison.Ordinal);
    }

    [Fact]
    public void Join_ChecksItsArguments()
    {
        Assert.Throws<ArgumentNullException>(() => _test.Relay.JoinAsSender(null!, "file", new TransferDescription()));
        Assert.Throws<ArgumentException>(() => _test.Relay.JoinAsSender(_test.Token, "", new TransferDescription()));
        Assert.Throws<ArgumentException>(() => _test.Relay.JoinAsReceiver(_test.Token, ""));
        Assert.Equal(0, _test.Relay.TransferCount);
    }
}
