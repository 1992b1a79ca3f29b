using System.Security.Cryptography;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>Receivers that say themselves whether they have the file.</summary>
[Trait("Rule", "P27")]
public sealed class ConfirmationTests : IDisposable
{
    private const int Size = 1_000;

    private static readonly ReceiveTerms Confirming = new() { Confirms = true, ConfirmationId = "me" };

    private readonly TestRelay _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Sender_HearsOfAFailure_WhenTheReceiverReadsAllAndSaysThatItHasNotGotIt()
    {
        await using var receiver = _test.Receive("file", Confirming);
        await using var sender = await SendToAsync(receiver);
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.False(sender.Outcome.IsCompleted);

        Assert.Equal(TransferError.UnknownName, _test.Token.Channel.Decline(_test.Token, "file", "somebody else"));
        Assert.Equal(TransferError.None, _test.Token.Channel.Decline(_test.Token, "file", "me"));

        Assert.Equal(TransferError.ReceiverLost, (await sender.Outcome.Soon()).Error);
        Assert.Equal(TransferError.UnknownName, _test.Token.Channel.Decline(_test.Token, "file", "me"));
    }

    [Fact]
    public async Task Receiver_CanSayNothingElse_OnceItHasConfirmed()
    {
        await using var receiver = _test.Receive("file", Confirming);
        await using var sender = await SendToAsync(receiver);

        Assert.Equal(
            TransferError.None,
            _test.Token.Channel.Confirm(_test.Token, "file", SHA256.HashData(TestBytes.Create(TestSender.Seed, Size)), "me"));

        Assert.Equal(TransferError.UnknownName, _test.Token.Channel.Decline(_test.Token, "file", "me"));
        Assert.Equal(DeliveryStatus.Confirmed, (await sender.Outcome.Soon()).Delivery);
    }

    [Fact]
    public async Task Sender_HearsSent_WhenTheReceiverReadsAllAndSaysNothing()
    {
        await using var receiver = _test.Receive("file", Confirming);
        await using var sender = await SendToAsync(receiver);
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);

        _test.Clock.Advance(new BeamOptions().StallTimeout + TimeSpan.FromSeconds(2));

        Assert.Equal(DeliveryStatus.Sent, (await sender.Outcome.Soon()).Delivery);
    }

    private async Task<TestSender> SendToAsync(TestReceiver receiver)
    {
        var sender = _test.Send("file", length: Size);
        var taking = receiver.TakeAllAsync();
        await sender.WriteAsync(0, Size);
        await sender.CompleteAsync();
        Assert.Equal(Size, await taking);
        return sender;
    }
}
