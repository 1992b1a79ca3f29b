using System.Security.Cryptography;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

[Trait("Rule", "P18")]
public sealed class SeveralReceiversTests : IDisposable
{
    private static readonly SendTerms ForThree = new() { Receivers = 3 };

    private readonly TestRelay _test = new(options => options.WindowBytes = 64 * 1024);

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task File_ReachesAll_WhoeverComesFirst(bool senderFirst)
    {
        var sender = senderFirst ? _test.Send("file", length: 500_000, ForThree) : null;
        TestReceiver[] receivers = [_test.Receive(), _test.Receive(), _test.Receive()];
        sender ??= _test.Send("file", length: 500_000, ForThree);
        var taking = receivers.Select(static receiver => receiver.TakeAllAsync()).ToArray();
        await sender.WriteAsync(0, 500_000);
        await sender.CompleteAsync();

        var taken = await Task.WhenAll(taking);
        Assert.Equal([500_000, 500_000, 500_000], taken);
        receivers[0].Lease.FinishDelivery(DeliveryStatus.Confirmed);
        receivers[1].Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.False(sender.Outcome.IsCompleted);
        receivers[2].Lease.FinishDelivery(DeliveryStatus.Sent);

        // The whole is known no better than its worst part.
        var outcome = await sender.Outcome.Soon();
        Assert.Equal((TransferError.None, DeliveryStatus.Sent), (outcome.Error, outcome.Delivery));
        Assert.Equal(
            [DeliveryStatus.Confirmed, DeliveryStatus.Confirmed, DeliveryStatus.Sent],
            outcome.Receivers.Select(static receiver => receiver.Delivery));
        await sender.DisposeAsync();
        foreach (var receiver in receivers)
        {
            await receiver.DisposeAsync();
        }

        _test.AssertNothingIsLeft();
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task Others_GoOn_WhenOneHasNotCome_AndTheWindowWasFullForIt()
    {
        await using var sender = _test.Send("file", length: 500_000, new SendTerms { Receivers = 2 });
        await using var receiver = _test.Receive(pipe: PipeOptionsChoice.Unlimited);
        await sender.WriteAsync(0, 500_000);
        await sender.CompleteAsync();
        var taking = receiver.TakeAllAsync();
        await WindowIsFullAsync();

        // One sweep gives up the one that has not come; the next must find the other going on.
        await PassAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(500_000, await taking);
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);

        var outcome = await sender.Outcome.Soon();
        Assert.Equal([TransferError.None, TransferError.NoReceiver], outcome.Receivers.Select(static receiver => receiver.Error));
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task Others_GoOn_WhenOneStandsStill_AndTheWindowWasFullForIt()
    {
        await using var sender = _test.Send("file", length: 500_000, new SendTerms { Receivers = 2 });
        await using var still = _test.Receive();
        await using var receiver = _test.Receive(pipe: PipeOptionsChoice.Unlimited);
        await sender.WriteAsync(0, 500_000);
        await sender.CompleteAsync();
        var taking = receiver.TakeAllAsync();
        await WindowIsFullAsync();

        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(TransferError.ReceiverStalled, await still.Received.Soon());
        Assert.Equal(500_000, await taking);
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);

        var outcome = await sender.Outcome.Soon();
        Assert.Equal([TransferError.ReceiverStalled, TransferError.None], outcome.Receivers.Select(static receiver => receiver.Error));
    }

    [Fact]
    public async Task AnotherSender_MayWantFewer_AlsoWhenAnExcessReceiverIsAway()
    {
        using var test = new TestRelay(static options => options.ResumeTimeout = TimeSpan.FromMinutes(2));
        var first = test.Send("file", length: null, new SendTerms { Receivers = 3 });
        await using var stays = test.Receive();
        var away = test.Receive();
        await using var excess = test.Receive();
        await away.DisposeAsync();
        await first.DisposeAsync();

        await using var second = test.Send("file", length: 100);
        Assert.Equal(TransferError.AlreadyReceiving, await excess.Started.Soon());
        var taking = stays.TakeAllAsync();
        await second.WriteAsync(0, 100);
        await second.CompleteAsync();
        Assert.Equal(100, await taking);
        stays.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.Equal(TransferError.None, (await second.Outcome.Soon()).Error);
    }

    [Fact]
    [Trait("Rule", "P27")]
    public async Task Word_IsThatOfTheReceiverThatNamesItself_NeverAnothers()
    {
        var ready = _test.Receive("file", new ReceiveTerms { Confirms = true, ConfirmationId = "ready" });
        var behind = _test.Receive("file", new ReceiveTerms { Confirms = true, ConfirmationId = "behind" });
        var sender = _test.Send("file", length: 2_000, new SendTerms { Receivers = 2 });
        var taking = ready.TakeAllAsync();
        await sender.WriteAsync(0, 2_000);
        await sender.CompleteAsync();
        Assert.Equal(2_000, await taking);
        var sha256 = SHA256.HashData(TestBytes.Create(TestSender.Seed, 2_000));

        Assert.Equal(TransferError.UnnamedReceiver, Confirm(id: null));
        Assert.Equal(TransferError.UnknownName, Confirm("behind"));
        Assert.Equal(TransferError.None, Confirm("ready"));
        Assert.Equal(TransferError.None, Confirm("ready"));
        Assert.False(sender.Outcome.IsCompleted);

        Assert.Equal(2_000, await behind.TakeAllAsync());
        Assert.Equal(TransferError.None, Confirm("behind"));
        Assert.Equal(DeliveryStatus.Confirmed, (await sender.Outcome.Soon()).Delivery);
        await sender.DisposeAsync();
        await ready.DisposeAsync();
        await behind.DisposeAsync();
        _test.AssertNothingIsLeft();

        TransferError Confirm(string? id) => _test.Token.Channel.Confirm(_test.Token, "file", sha256, id);
    }

    [Fact]
    public async Task LateReceiver_GetsEverything_AfterAnEarlyOneIsServed()
    {
        await using var sender = _test.Send("file", length: 40_000, new SendTerms { Receivers = 2 });
        await sender.WriteAsync(0, 40_000);
        await sender.CompleteAsync();
        await using (var early = _test.Receive())
        {
            Assert.Equal(40_000, await early.TakeAllAsync());
            early.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        }

        await using var late = _test.Receive();
        Assert.Equal(40_000, await late.TakeAllAsync());
        late.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.True((await sender.Outcome.Soon()).IsSuccess);
    }

    [Fact]
    public async Task DeadReceiver_IsReported_AndTheOthersGoOn()
    {
        await using var sender = _test.Send("file", length: 500_000, new SendTerms { Receivers = 2 });
        await using var dead = _test.Receive();
        await using var alive = _test.Receive();
        var writing = sender.WriteAsync(0, 500_000);
        await dead.TakeSomeAsync();
        var taking = alive.TakeAllAsync();
        await dead.AbortAsync();
        await writing;
        await sender.CompleteAsync();

        Assert.Equal(500_000, await taking);
        alive.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        var outcome = await sender.Outcome.Soon();
        Assert.Equal(TransferError.ReceiverLost, outcome.Error);
        Assert.Equal([TransferError.ReceiverLost, TransferError.None], outcome.Receivers.Select(static receiver => receiver.Error));
    }

    [Fact]
    [Trait("Rule", "P9")]
    public async Task DeadReceiver_ComesBackToItsPlace_WhenItsLinkIsGoodForOneUse()
    {
        using var test = new TestRelay(static options => options.ResumeTimeout = TimeSpan.FromMinutes(1));
        var link = test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.Receive, uses: 1).AtOnce()!.Token;
        await using var sender = test.Send("file", length: 10_000, new SendTerms { Receivers = 2 });
        await sender.WriteAsync(0, 10_000);
        await sender.CompleteAsync();
        await using (var dead = test.Receive(token: link))
        {
            await dead.TakeSomeAsync();
        }

        // From the start: its program has kept nothing.
        await using var again = test.Receive(token: link);
        Assert.Equal(TransferError.TokenSpent, test.RefusalOfReceiver(token: link));
        await using var other = test.Receive();
        foreach (var receiver in new[] { again, other })
        {
            Assert.Equal(10_000, await receiver.TakeAllAsync());
            receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        }

        Assert.True((await sender.Outcome.Soon()).IsSuccess);
        Assert.Equal(0, link.UsesLeft);
    }

    [Fact]
    public async Task SlowestReceiver_SetsThePace()
    {
        await using var sender = _test.Send("file", length: 2_000_000, new SendTerms { Receivers = 2 });
        await using var fast = _test.Receive(pipe: PipeOptionsChoice.Unlimited);
        await using var slow = _test.Receive();
        await sender.WriteAsync(0, 2_000_000);
        await slow.TakeSomeAsync();
        await Eventually.TrueAsync(() => _test.Relay.GetSnapshot().Transfers[0].BytesSent >= 64 * 1024, "the fast one has what there is");

        Assert.InRange(_test.Relay.GetSnapshot().Transfers[0].Held.To, 0, 200_000);
        Assert.False(fast.Received.IsCompleted);
    }

    [Fact]
    public async Task ReceiverThatNeverComes_IsReported_AfterTheWait()
    {
        await using var sender = _test.Send("file", length: 1_000, new SendTerms { Receivers = 2, Wait = TimeSpan.FromSeconds(30) });
        await sender.WriteAsync(0, 1_000);
        await sender.CompleteAsync();
        await using (var one = _test.Receive())
        {
            Assert.Equal(1_000, await one.TakeAllAsync());
            one.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        }

        _test.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(sender.Outcome.IsCompleted);
        _test.Clock.Advance(TimeSpan.FromSeconds(1));

        var outcome = await sender.Outcome.Soon();
        Assert.Equal(TransferError.NoReceiver, outcome.Error);
        Assert.Equal([TransferError.None, TransferError.NoReceiver], outcome.Receivers.Select(static receiver => receiver.Error));
    }

    [Fact]
    [Trait("Rule", "P20")]
    public async Task ReceiverTooMany_IsRefused_WhenTheSenderComes()
    {
        await using var first = _test.Receive();
        await using var second = _test.Receive();
        await using var sender = _test.Send(length: 1_000);

        Assert.Equal(TransferError.AlreadyReceiving, await second.Started.Soon());
        await sender.WriteAsync(0, 1_000);
        await sender.CompleteAsync();
        Assert.Equal(1_000, await first.TakeAllAsync());
        Assert.Equal(TransferError.AlreadyReceiving, _test.RefusalOfReceiver());
    }

    [Fact]
    public async Task WaitingReceiver_ThatLeaves_LeavesTheOthers()
    {
        await using var first = _test.Receive();
        await using var second = _test.Receive();
        await first.AbortAsync();
        Assert.Equal(TransferError.ReceiverLost, await first.Started.Soon());

        await using var sender = _test.Send(length: 1_000);
        await sender.WriteAsync(0, 1_000);
        await sender.CompleteAsync();
        Assert.Equal(1_000, await second.TakeAllAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void Sender_IsRefused_WithMoreReceiversThanAllowed(int receivers)
        => Assert.Equal(
            TransferError.TooManyReceivers,
            _test.Relay.JoinAsSender(_test.Token, "file", new TransferDescription(), new SendTerms { Receivers = receivers }).Error);

    private Task WindowIsFullAsync() => Eventually.TrueAsync(
        () => _test.Relay.GetSnapshot().Transfers[0] is { BytesSent: >= 64 * 1024 } transfer && transfer.BytesSent == transfer.Held.To,
        "the window is full");

    /// <summary>Lets time pass as a relay notices it: a sweep a second, between which the threads go on.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            _test.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await Task.Yield();
    }
}
