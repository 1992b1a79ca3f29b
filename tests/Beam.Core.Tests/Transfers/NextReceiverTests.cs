using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>Receivers that take whatever their channel gets next.</summary>
[Trait("Rule", "P10")]
public sealed class NextReceiverTests : IDisposable
{
    private readonly TestRelay _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Next_IsWhatHasWaitedLongest_EachOnce()
    {
        await using var first = _test.Send("first");
        _test.Clock.Advance(TimeSpan.FromSeconds(1));
        await using var second = _test.Send("second");

        await using var one = await JoinAsync();
        await using var two = await JoinAsync();

        Assert.Equal(("first", "second"), (one.Name, two.Name));
    }

    [Fact]
    public async Task Next_Waits_AndGetsWhatComes_InTheOrderOfArrival()
    {
        var one = JoinAsync();
        var two = JoinAsync();
        Assert.Equal(2, _test.Token.Channel.GetSnapshot().NextReceivers);

        await using var first = _test.Send("first", length: 100);
        await using var second = _test.Send("second");

        await using var receiver = new TestReceiver(await one.Soon(), PipeOptionsChoice.Small);
        await using var other = await two.Soon();
        Assert.Equal(("first", "second", 0), (receiver.Lease.Name, other.Name, _test.Token.Channel.GetSnapshot().NextReceivers));
        await first.WriteAsync(0, 100);
        await first.CompleteAsync();
        Assert.Equal(100, await receiver.TakeAllAsync());
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.True((await first.Outcome.Soon()).IsSuccess);
    }

    [Fact]
    [Trait("Rule", "P18")]
    public async Task Sender_GetsAsManyOfThoseWhoWait_AsItAsksFor()
    {
        var waiting = Enumerable.Range(0, 3).Select(_ => JoinAsync()).ToArray();

        await using var sender = _test.Send("for two", length: null, new SendTerms { Receivers = 2 });

        await using var one = await waiting[0].Soon();
        await using var two = await waiting[1].Soon();
        Assert.False(waiting[2].IsCompleted);
        await using var other = _test.Send("for the third");
        await using var three = await waiting[2].Soon();
        Assert.Equal("for the third", three.Name);
    }

    [Fact]
    public async Task Next_LeavesAloneWhatSomebodyReceives()
    {
        await using var taken = _test.Send("taken");
        await using var receiver = _test.Receive("taken");

        var next = JoinAsync();

        Assert.False(next.IsCompleted);
        await using var free = _test.Send("free");
        await using var lease = await next.Soon();
        Assert.Equal("free", lease.Name);
    }

    [Fact]
    [Trait("Rule", "P17")]
    public async Task Next_ReadsNoSender_AfterItsWait()
    {
        var waiting = _test.Relay.JoinNextAsReceiverAsync(_test.Token, new ReceiveTerms { Wait = TimeSpan.FromSeconds(30) }).AsTask();

        _test.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(waiting.IsCompleted);
        _test.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(TransferError.NoSender, (await waiting.Soon()).Error);
        Assert.Equal(0, _test.Token.Channel.GetSnapshot().NextReceivers);
    }

    [Fact]
    [Trait("Rule", "P11")]
    public async Task Next_ReadsTokenEnded_WhenItsTokenIsRevoked()
    {
        var link = _test.Relay.Tokens.MintSubTokenAsync(_test.Token, TokenRights.Receive).AtOnce()!.Token;
        var waiting = _test.Relay.JoinNextAsReceiverAsync(link).AsTask();
        var other = JoinAsync();

        _test.Relay.RevokeAsync(link).AtOnce();

        Assert.Equal(TransferError.TokenEnded, (await waiting.Soon()).Error);
        Assert.False(other.IsCompleted);
        await using var sender = _test.Send();
        await using var lease = await other.Soon();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Next_ReadsShuttingDown_WhenTheRelayDrains(bool isEarly)
    {
        var waiting = isEarly ? _test.Relay.JoinNextAsReceiverAsync(_test.Token).AsTask() : null;

        await _test.Relay.DrainAsync().Soon();
        waiting ??= _test.Relay.JoinNextAsReceiverAsync(_test.Token).AsTask();

        Assert.Equal(TransferError.ShuttingDown, (await waiting.Soon()).Error);
    }

    [Fact]
    [Trait("Rule", "P9")]
    public async Task Next_IsRefused_WithoutTheRight()
    {
        var link = _test.Relay.Tokens.MintSubTokenAsync(_test.Token, TokenRights.Send).AtOnce()!.Token;

        Assert.Equal(TransferError.NotAllowed, (await _test.Relay.JoinNextAsReceiverAsync(link)).Error);
    }

    [Fact]
    [Trait("Rule", "P9")]
    public async Task Next_SpendsAUse_OnlyIfItGetsAFile()
    {
        var link = _test.Relay.Tokens.MintSubTokenAsync(_test.Token, TokenRights.Receive, uses: 1).AtOnce()!.Token;
        var inVain = _test.Relay.JoinNextAsReceiverAsync(link, new ReceiveTerms { Wait = TimeSpan.FromSeconds(1) }).AsTask();
        Assert.Equal(TransferError.TokenSpent, (await _test.Relay.JoinNextAsReceiverAsync(link)).Error);
        _test.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TransferError.NoSender, (await inVain.Soon()).Error);

        Assert.Equal(1, link.UsesLeft);
    }

    [Fact]
    [Trait("Rule", "P3")]
    public async Task Next_IsRefused_WhenAsManyWaitAsMay()
    {
        using var test = new TestRelay(static options => options.MaxWaitingTransfersPerToken = 2);
        using var leaving = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 2)
            .Select(_ => test.Relay.JoinNextAsReceiverAsync(test.Token, terms: null, leaving.Token).AsTask())
            .ToArray();

        Assert.Equal(TransferError.TooManyWaiting, (await test.Relay.JoinNextAsReceiverAsync(test.Token)).Error);

        // They do not keep out those whom they wait for.
        await using var sender = test.Send();
        await using var lease = (await waiting[0].Soon()).Lease!;
        await leaving.CancelAsync();
        Assert.Equal(TransferError.ReceiverLost, (await waiting[1].Soon()).Error);
    }

    [Fact]
    [Trait("Rule", "P5")]
    public async Task Transfer_StaysForTheNext_WhenAReceiverLeavesWhileItWaits()
    {
        using var leaving = new CancellationTokenSource();
        var gone = _test.Relay.JoinNextAsReceiverAsync(_test.Token, terms: null, leaving.Token).AsTask();
        await leaving.CancelAsync();
        Assert.Equal(TransferError.ReceiverLost, (await gone.Soon()).Error);

        await using var sender = _test.Send();

        await using var lease = await JoinAsync().Soon();
        Assert.Equal("file", lease.Name);
    }

    [Fact]
    public async Task Transfer_PassesOn_WhenItsReceiverDiesBeforeTheFirstByte()
    {
        await using var sender = _test.Send();
        await using (var lost = await JoinAsync())
        {
            var next = JoinAsync();
            await lost.DisposeAsync();

            await using var lease = await next.Soon();
            Assert.Equal("file", lease.Name);
            Assert.Equal(TransferError.ReceiverLost, await lost.Ended.Soon());
        }
    }

    [Fact]
    [Trait("Rule", "P22")]
    public async Task Next_TakesOverWhatAReceiverHasBrokenOff_WhenNothingElseWaits()
    {
        using var test = new TestRelay(static options => options.ResumeTimeout = TimeSpan.FromMinutes(2));
        await using var sender = test.Send(length: 10_000);
        await sender.WriteAsync(0, 10_000);
        await sender.CompleteAsync();
        await using (var broken = test.Receive())
        {
            await broken.TakeSomeAsync();
        }

        var joined = await test.Relay.JoinNextAsReceiverAsync(test.Token).Soon();

        await using var receiver = new TestReceiver(joined.Lease!, PipeOptionsChoice.Unlimited);
        Assert.Equal(10_000, await receiver.TakeAllAsync());
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.True((await sender.Outcome.Soon()).IsSuccess);
    }

    [Fact]
    public async Task EveryTransfer_IsGivenOnce_WhenAllMeetAtOnce()
    {
        const int Count = 40;
        var senders = new List<TestSender>();
        using var start = new Barrier(3);
        var sending = Task.Run(() => senders.AddRange(RunAll(number => _test.Send($"file {number}"))));
        var staying = Task.Run(() => RunAll(_ => JoinAsync()));
        var leaving = Task.Run(() => RunAll(_ => JoinAndLeaveAsync()));
        await Task.WhenAll(sending, staying, leaving).Soon();

        // Some receivers got a file before they could leave. The test sends one more for each of them, for the receivers that stay.
        var leases = (await Task.WhenAll(await leaving)).OfType<TransferReceiver>().ToList();
        senders.AddRange(Enumerable.Range(Count, leases.Count).Select(number => _test.Send($"file {number}")));
        leases.AddRange(await Task.WhenAll(await staying).Soon());

        Assert.Equal(senders.Count, leases.Select(static lease => lease.Name).Distinct().Count());
        Assert.Equal(senders.Count, leases.Count);
        Assert.Equal(0, _test.Token.Channel.GetSnapshot().NextReceivers);
        foreach (var owned in leases.Cast<IAsyncDisposable>().Concat(senders))
        {
            await owned.DisposeAsync();
        }

        _test.AssertNothingIsLeft();

        T[] RunAll<T>(Func<int, T> run)
        {
            start.SignalAndWait();
            return [.. Enumerable.Range(0, Count).Select(run)];
        }
    }

    private async Task<TransferReceiver?> JoinAndLeaveAsync()
    {
        using var leaving = new CancellationTokenSource();
        var joining = _test.Relay.JoinNextAsReceiverAsync(_test.Token, terms: null, leaving.Token).AsTask();
        await leaving.CancelAsync();
        return (await joining).Lease;
    }

    private async Task<TransferReceiver> JoinAsync()
    {
        var joined = await _test.Relay.JoinNextAsReceiverAsync(_test.Token);
        Assert.Equal(TransferError.None, joined.Error);
        return joined.Lease!;
    }
}
