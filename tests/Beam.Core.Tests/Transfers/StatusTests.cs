using System.Security.Cryptography;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>What holders of a token can see of its channel.</summary>
[Trait("Rule", "P25")]
public sealed class StatusTests : IDisposable
{
    private readonly TestRelay _test = new(static options => options.ResumeTimeout = TimeSpan.FromMinutes(2));

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Status_FollowsTheTransfer_AndStaysForTenMinutesAfterItsEnd()
    {
        var started = _test.Clock.GetUtcNow();
        await using var receiver = _test.Receive(wait: TimeSpan.FromSeconds(60));
        AssertStatus(TransferState.WaitingForSender, started + TimeSpan.FromSeconds(60));

        _test.Clock.Advance(TimeSpan.FromSeconds(10));
        await using var sender = _test.Send(length: 100);
        AssertStatus(TransferState.Streaming, expiresAt: null);
        await sender.WriteAsync(0, 100);
        await sender.CompleteAsync();
        Assert.Equal(100, await receiver.TakeAllAsync());
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        var outcome = await sender.Outcome.Soon();

        _test.Clock.Advance(TimeSpan.FromMinutes(9));
        var last = AssertStatus(TransferState.Finished, started + TimeSpan.FromSeconds(10) + TimeSpan.FromMinutes(10));
        Assert.Equal((outcome, 100, 100, 100), (last.Outcome, last.Transfer.BytesReceived, last.Transfer.BytesSent, last.Transfer.Length));
        Assert.Equal(SeatState.Delivered, Assert.Single(last.Transfer.Receivers).State);
        Assert.Equal(started, last.Transfer.StartedAt);

        _test.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(_test.Token.Channel.FindStatus("file"));
    }

    [Fact]
    [Trait("Rule", "P27")]
    public async Task Digest_IsNotKnown_BeforeTheWholeFileHasCome()
    {
        await using var sender = _test.Send("file", length: 200, new SendTerms { WantsDigest = true });
        await using var receiver = _test.Receive();
        await sender.WriteAsync(0, 100);
        await receiver.Started.Soon();
        Assert.Null(receiver.Lease.Sha256);
        Assert.Null(_test.Token.Channel.FindStatus("file")!.Transfer.Sha256);

        await sender.WriteAsync(100, 100);
        await sender.CompleteAsync();
        await receiver.TakeAllAsync();
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.Equal(SHA256.HashData(TestBytes.Create(TestSender.Seed, 200)), (await sender.Outcome.Soon()).Sha256!.Value.ToArray());
    }

    [Fact]
    public async Task Status_SaysHowLongAnAbsentReceiverMayTake()
    {
        await using var sender = _test.Send(length: 10_000, wait: TimeSpan.FromSeconds(90));
        AssertStatus(TransferState.WaitingForReceiver, _test.Clock.GetUtcNow() + TimeSpan.FromSeconds(90));
        await sender.WriteAsync(0, 10_000);
        await using (var receiver = _test.Receive())
        {
            await receiver.TakeSomeAsync();
        }

        AssertStatus(TransferState.ReceiverAway, _test.Clock.GetUtcNow() + TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Status_SaysHowLongAnAbsentSenderMayTake()
    {
        await using var receiver = _test.Receive();
        await using (var sender = _test.Send(length: 10_000))
        {
            await sender.WriteAsync(0, 1_000);
        }

        AssertStatus(TransferState.SenderAway, _test.Clock.GetUtcNow() + TimeSpan.FromMinutes(2));
    }

    [Fact]
    [Trait("Rule", "P10")]
    public async Task Channel_ShowsItsTransfers_AndNoOthers()
    {
        await using var first = _test.Send("first");
        _test.Clock.Advance(TimeSpan.FromSeconds(1));
        await using var second = _test.Send("second");
        await using var elsewhere = _test.Send("elsewhere", token: _test.Relay.Tokens.MintAsync().AtOnce()!.Token);

        Assert.Equal(["first", "second"], _test.Token.Channel.GetSnapshot().Transfers.Select(static status => status.Name));
    }

    [Fact]
    [Trait("Rule", "P28")]
    public async Task Cancel_EndsTheReceiversOwnPart_AndNobodyElses()
    {
        var link = _test.Relay.Tokens.MintSubTokenAsync(_test.Token, TokenRights.Receive).AtOnce()!.Token;
        await using var sender = _test.Send("file", length: 100, new SendTerms { Receivers = 2 });
        await using var other = _test.Receive();
        Assert.Equal(TransferError.NotAllowed, _test.Relay.Cancel(link, "file"));
        await using var receiver = _test.Receive(token: link);

        Assert.Equal(TransferError.None, _test.Relay.Cancel(link, "file"));

        Assert.Equal(TransferError.Cancelled, await receiver.Received.Soon());
        await sender.WriteAsync(0, 100);
        await sender.CompleteAsync();
        Assert.Equal(100, await other.TakeAllAsync());
        other.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.Equal(
            [TransferError.None, TransferError.Cancelled],
            (await sender.Outcome.Soon()).Receivers.Select(static part => part.Error));
    }

    [Fact]
    [Trait("Rule", "P28")]
    public async Task Cancel_EndsThePartOfAReceiver_ThatHasBrokenOff()
    {
        var link = _test.Relay.Tokens.MintSubTokenAsync(_test.Token, TokenRights.Receive).AtOnce()!.Token;
        await using var sender = _test.Send(length: 10_000);
        await sender.WriteAsync(0, 10_000);
        await using (var receiver = _test.Receive(token: link))
        {
            await receiver.TakeSomeAsync();
        }

        Assert.Equal(TransferError.None, _test.Relay.Cancel(link, "file"));

        Assert.Equal(TransferError.Cancelled, (await sender.Outcome.Soon()).Error);
    }

    private TransferStatus AssertStatus(TransferState state, DateTimeOffset? expiresAt)
    {
        var status = _test.Token.Channel.FindStatus("file");
        Assert.NotNull(status);
        Assert.Equal((state, expiresAt), (status.Transfer.State, status.Transfer.ExpiresAt));
        return status;
    }
}
