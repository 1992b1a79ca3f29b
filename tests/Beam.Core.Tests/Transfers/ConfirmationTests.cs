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

    /// <summary>It has every byte, but the relay has the word of another, which has come in its place.</summary>
    [Fact]
    public async Task Receiver_IsNotToldThatItsWordCounts_WhenAnotherHasTakenItsSeat()
    {
        using var test = new TestRelay(static options => options.ResumeTimeout = TimeSpan.FromMinutes(2));
        var first = test.Receive("file", Confirming);
        await using var sender = test.Send(length: Size);
        await sender.WriteAsync(0, Size);
        await sender.CompleteAsync();
        Assert.Equal(Size, await first.TakeAllAsync());
        var id = first.Lease.TransferId;
        await using var second = test.Receive(
            "file",
            new ReceiveTerms { Confirms = true, ConfirmationId = "another", From = Size - 10, TransferId = id });
        Assert.Equal(10, await second.TakeAllAsync(Size - 10));

        Assert.Equal(TransferError.UnknownName, Confirm(test, "me"));
        Assert.Equal(TransferError.None, Confirm(test, "another"));
        Assert.True((await sender.Outcome.Soon()).IsSuccess);

        Assert.Equal(TransferError.UnknownName, Confirm(test, "me"));
        Assert.Equal(TransferError.UnknownName, Confirm(test, id: null));
        Assert.Equal(TransferError.None, Confirm(test, "another"));
        await first.DisposeAsync();
    }

    [Fact]
    public async Task Receiver_IsNotToldThatItsWordCounts_WhenItComesAfterTheSenderWasAnswered()
    {
        await using var receiver = _test.Receive("file", Confirming);
        await using var sender = await SendToAsync(receiver);
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        _test.Clock.Advance(new BeamOptions().StallTimeout + TimeSpan.FromSeconds(2));
        Assert.Equal(DeliveryStatus.Sent, (await sender.Outcome.Soon()).Delivery);

        Assert.Equal(TransferError.UnknownName, Confirm(_test, "me"));
    }

    [Fact]
    public async Task Receiver_IsToldAgain_AlsoWhenAnotherReceiverHasFailed()
    {
        await using var receiver = _test.Receive("file", Confirming);
        var other = _test.Receive("file", new ReceiveTerms { Confirms = true, ConfirmationId = "another" });
        await using var sender = _test.Send("file", Size, new SendTerms { Receivers = 2 });
        var taking = receiver.TakeAllAsync();
        await sender.WriteAsync(0, Size);
        await sender.CompleteAsync();
        Assert.Equal(Size, await taking);
        Assert.Equal(TransferError.None, Confirm(_test, "me"));
        await other.AbortAsync();
        await other.DisposeAsync();
        Assert.False((await sender.Outcome.Soon()).IsSuccess);

        Assert.Equal(TransferError.None, Confirm(_test, "me"));
        Assert.Equal(TransferError.UnknownName, Confirm(_test, "another"));
        Assert.Equal(TransferError.UnnamedReceiver, Confirm(_test, id: null));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Receiver_IsHeldToTheDigest_WhenItComesAfterTheFirstByte(bool isRight)
    {
        await using var sender = _test.Send("file", Size);
        await sender.WriteAsync(0, 400);
        await using var receiver = _test.Receive("file", Confirming);
        var taking = receiver.TakeAllAsync();
        await sender.WriteAsync(400, Size - 400);
        await sender.CompleteAsync();
        Assert.Equal(Size, await taking);
        Assert.NotNull(receiver.Lease.Sha256);

        var said = isRight ? TestBytes.Create(TestSender.Seed, Size) : new byte[Size];
        Assert.Equal(
            isRight ? TransferError.None : TransferError.DigestMismatch,
            _test.Token.Channel.Confirm(_test.Token, "file", SHA256.HashData(said), "me"));

        var outcome = await sender.Outcome.Soon();
        Assert.Equal(isRight ? DeliveryStatus.Confirmed : DeliveryStatus.None, outcome.Delivery);
    }

    [Fact]
    public async Task Digest_IsOfTheWholeFile_WhenTheReceiverBreaksOffAndComesBack()
    {
        using var test = new TestRelay(static options => options.ResumeTimeout = TimeSpan.FromMinutes(2));
        await using var sender = test.Send("file", Size);
        await sender.WriteAsync(0, 400);
        var first = test.Receive("file", Confirming);
        Assert.Equal(400, await first.TakeSomeAsync(0));
        await first.AbortAsync();
        await first.DisposeAsync();

        // It says that less has reached it than the relay has handed over.
        await using var second = test.Receive("file", Confirming with { From = 300, TransferId = first.Lease.TransferId });
        var taking = second.TakeAllAsync(300);
        await sender.WriteAsync(400, Size - 400);
        await sender.CompleteAsync();
        Assert.Equal(Size - 300, await taking);

        Assert.Equal(TransferError.None, Confirm(test, "me"));
        Assert.Equal(DeliveryStatus.Confirmed, (await sender.Outcome.Soon()).Delivery);
    }

    /// <summary>Nobody has looked at the bytes that it says it has from before: its connection proves nothing of them.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sender_HearsSentAtMost_WhenTheReceiverHasNothingToCompareWith(bool confirmsFirst)
    {
        using var test = new TestRelay(static options => options.ResumeTimeout = TimeSpan.FromMinutes(2));
        await using var sender = test.Send("file", Size);
        await sender.WriteAsync(0, 400);
        var plain = test.Receive("file");
        Assert.Equal(400, await plain.TakeSomeAsync(0));
        await plain.AbortAsync();
        await plain.DisposeAsync();
        await using var second = test.Receive("file", Confirming with { From = 400, TransferId = plain.Lease.TransferId });
        var taking = second.TakeAllAsync(400);
        await sender.WriteAsync(400, Size - 400);
        await sender.CompleteAsync();
        Assert.Equal(Size - 400, await taking);

        if (confirmsFirst)
        {
            Assert.Equal(TransferError.NoDigest, Confirm(test, "me"));
            second.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        }
        else
        {
            second.Lease.FinishDelivery(DeliveryStatus.Confirmed);
            Assert.Equal(TransferError.NoDigest, Confirm(test, "me"));
        }

        Assert.Equal(DeliveryStatus.Sent, (await sender.Outcome.Soon()).Delivery);
    }

    private static TransferError Confirm(TestRelay test, string? id)
        => test.Token.Channel.Confirm(test.Token, "file", SHA256.HashData(TestBytes.Create(TestSender.Seed, Size)), id);

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
