using System.Security.Cryptography;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>A receiver's seat belongs to the token that holds it.</summary>
[Trait("Rule", "P36")]
public sealed class ReceiverOwnershipTests : IDisposable
{
    private const int Length = 100_000;

    private readonly TestRelay _test = new(static options =>
    {
        options.ResumeTimeout = TimeSpan.FromMinutes(2);
        options.RewindBytes = 1024 * 1024;
    });

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task OtherLink_DoesNotTakeOverARunningDownload_EvenWhenItNamesTheTransfer()
    {
        var (alice, mallory) = (await MintAsync(TokenRights.Receive), await MintAsync(TokenRights.Receive));
        await using var sender = _test.Send(length: Length);
        await using var receiver = _test.Receive(token: alice);
        await sender.WriteAsync(0, Length / 2);
        await receiver.TakeSomeAsync();

        var sure = new ReceiveTerms { From = 1, TransferId = receiver.Lease.TransferId };
        Assert.Equal(TransferError.AlreadyReceiving, _test.Relay.JoinAsReceiver(mallory, "file", sure).Error);

        Assert.False(receiver.Received.IsCompleted);
        Assert.Equal(TransferState.Streaming, _test.Relay.GetSnapshot().Transfers.Single().State);
    }

    [Fact]
    public async Task OtherLink_DoesNotTakeTheSeatOfAReceiverThatIsAway()
    {
        var (alice, mallory) = (await MintAsync(TokenRights.Receive), await MintAsync(TokenRights.Receive));
        await using var sender = _test.Send(length: Length);
        var receiver = _test.Receive(token: alice);
        await sender.WriteAsync(0, Length / 2);
        await receiver.TakeSomeAsync();
        await receiver.DisposeAsync();

        Assert.Equal(TransferError.AlreadyReceiving, _test.Relay.JoinAsReceiver(mallory, "file").Error);
        Assert.Equal(TransferError.AlreadyReceiving, _test.Relay.JoinAsReceiver(mallory, "file", new ReceiveTerms { From = 1 }).Error);

        await using var back = _test.Receive(token: alice);
        await sender.WriteAsync(Length / 2, Length / 2);
        await sender.CompleteAsync();
        Assert.Equal(Length, await back.TakeAllAsync());
    }

    [Fact]
    public async Task SameLink_ComesBack_UnderItsLastUse()
    {
        var alice = await MintAsync(TokenRights.Receive, uses: 1);
        await using var sender = _test.Send(length: Length);
        var receiver = _test.Receive(token: alice);
        await sender.WriteAsync(0, Length / 2);
        await receiver.TakeSomeAsync();
        await receiver.DisposeAsync();
        Assert.Equal(0, alice.UsesLeft);

        await using var back = _test.Receive(token: alice);
        await sender.WriteAsync(Length / 2, Length / 2);
        await sender.CompleteAsync();

        Assert.Equal(Length, await back.TakeAllAsync());
        back.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.True((await sender.Outcome.Soon()).IsSuccess);
        Assert.Equal(0, alice.UsesLeft);
    }

    [Fact]
    public async Task FullRights_TakeOver_AndPay()
    {
        var alice = await MintAsync(TokenRights.Receive, uses: 1);
        var owner = await MintAsync(TokenRights.All, uses: 1);
        await using var sender = _test.Send(length: Length);
        var receiver = _test.Receive(token: alice);
        await sender.WriteAsync(0, Length / 2);
        await receiver.TakeSomeAsync();
        await receiver.DisposeAsync();

        await using var other = _test.Receive(token: owner);

        Assert.Equal((1, 0), (alice.UsesLeft, owner.UsesLeft));
        Assert.Equal(TransferError.AlreadyReceiving, _test.RefusalOfReceiver(token: alice));
        await sender.WriteAsync(Length / 2, Length / 2);
        await sender.CompleteAsync();
        Assert.Equal(Length, await other.TakeAllAsync());
        other.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.True((await sender.Outcome.Soon()).IsSuccess);
        Assert.Equal((1, 0), (alice.UsesLeft, owner.UsesLeft));
    }

    [Fact]
    public async Task FullRights_DoNotTakeOver_WhenTheirUsesAreSpent()
    {
        var alice = await MintAsync(TokenRights.Receive);
        var owner = await MintAsync(TokenRights.All, uses: 1);
        await using var elsewhere = _test.Send("other", token: owner);
        await using var sender = _test.Send(length: Length);
        var receiver = _test.Receive(token: alice);
        await sender.WriteAsync(0, Length / 2);
        await receiver.TakeSomeAsync();
        await receiver.DisposeAsync();

        Assert.Equal(TransferError.TokenSpent, _test.RefusalOfReceiver(token: owner));
        await using var back = _test.Receive(token: alice);
    }

    [Fact]
    public async Task Revoking_CutsTheHolderThatTookTheSeatOver()
    {
        var alice = await MintAsync(TokenRights.Receive);
        var owner = await MintAsync(TokenRights.All);
        await using var sender = _test.Send(length: Length);
        var receiver = _test.Receive(token: alice);
        await sender.WriteAsync(0, Length / 2);
        await receiver.TakeSomeAsync();
        await receiver.DisposeAsync();
        await using var other = _test.Receive(token: owner);

        await _test.Relay.RevokeAsync(owner);

        Assert.Equal(TransferError.TokenEnded, await other.Lease.Ended.Soon());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Revoking_EndsItsOwnSeatOnly_ConnectedOrAway(bool isAway)
    {
        var bob = await MintAsync(TokenRights.Receive);
        await using var sender = _test.Send("file", Length, new SendTerms { Receivers = 2 });
        await using var first = _test.Receive(pipe: PipeOptionsChoice.Unlimited);
        var second = _test.Receive(token: bob);
        await sender.WriteAsync(0, 100);
        await second.TakeSomeAsync();
        if (isAway)
        {
            await second.DisposeAsync();
        }

        await _test.Relay.RevokeAsync(bob);

        await sender.WriteAsync(100, Length - 100);
        await sender.CompleteAsync();
        Assert.Equal(Length, await first.TakeAllAsync());
        first.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        var outcome = await sender.Outcome.Soon();
        Assert.Equal([TransferError.None, TransferError.TokenEnded], outcome.Receivers.Select(static receiver => receiver.Error));
        await second.DisposeAsync();
    }

    [Fact]
    public async Task Link_CancelsItsOwnSeat_AndNoOther()
    {
        var (alice, mallory) = (await MintAsync(TokenRights.Receive), await MintAsync(TokenRights.Receive, uses: 1));
        await using var sender = _test.Send(length: Length);
        await using var receiver = _test.Receive(token: alice);

        Assert.Equal(TransferError.NotAllowed, _test.Relay.Cancel(mallory, "file"));
        Assert.False(receiver.Received.IsCompleted);
        Assert.Equal(1, mallory.UsesLeft);

        Assert.Equal(TransferError.None, _test.Relay.Cancel(alice, "file"));
        Assert.Equal(TransferError.Cancelled, await receiver.Lease.Ended.Soon());
    }

    [Theory]
    [InlineData(TokenRights.Send)]
    [InlineData(TokenRights.Receive)]
    public async Task OtherLink_DoesNotCancelAFile(TokenRights rights)
    {
        var (alice, mallory) = (await MintAsync(TokenRights.Send), await MintAsync(rights));
        await using var sender = _test.Send(length: Length, token: alice);

        // The answer is the same for a name that is not there.
        var expected = rights == TokenRights.Send ? TransferError.UnknownName : TransferError.NotAllowed;
        Assert.Equal(expected, _test.Relay.Cancel(mallory, "file"));
        Assert.Equal(expected, _test.Relay.Cancel(mallory, "none"));
        Assert.False(sender.Result.IsCompleted);

        Assert.Equal(TransferError.None, _test.Relay.Cancel(alice, "file"));
        Assert.Equal(TransferError.Cancelled, (await sender.Outcome.Soon()).Error);
    }

    [Fact]
    public async Task FullRights_CancelAnything()
    {
        var (alice, owner) = (await MintAsync(TokenRights.Send), await MintAsync(TokenRights.All));
        await using var sender = _test.Send(length: Length, token: alice);

        Assert.Equal(TransferError.None, _test.Relay.Cancel(owner, "file"));
        Assert.Equal(TransferError.Cancelled, (await sender.Outcome.Soon()).Error);
    }

    [Fact]
    public async Task RevokedLink_CancelsNothing()
    {
        var alice = await MintAsync(TokenRights.All);
        await using var sender = _test.Send(length: Length);
        await _test.Relay.RevokeAsync(alice);

        Assert.Equal(TransferError.UnknownToken, _test.Relay.Cancel(alice, "file"));
        Assert.False(sender.Result.IsCompleted);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a")]
    public async Task OtherLink_NeitherConfirmsNorFailsForAReceiver(string? id)
    {
        var (alice, mallory) = (await MintAsync(TokenRights.Receive), await MintAsync(TokenRights.Receive));
        await using var sender = _test.Send("file", Length, new SendTerms { WantsDigest = true });
        await using var receiver = _test.Receive(
            "file",
            new ReceiveTerms { Confirms = true, ConfirmationId = id },
            alice,
            PipeOptionsChoice.Unlimited);
        await sender.WriteAsync(0, Length);
        await sender.CompleteAsync();
        Assert.Equal(TransferError.None, await receiver.Received.Soon());
        var sha256 = SHA256.HashData(TestBytes.Create(TestSender.Seed, Length));

        Assert.Equal(TransferError.UnknownName, _test.Token.Channel.Confirm(mallory, "file", sha256, id));
        Assert.Equal(TransferError.UnknownName, _test.Token.Channel.Confirm(mallory, "file", new byte[32], id));
        if (id is not null)
        {
            Assert.Equal(TransferError.UnknownName, _test.Token.Channel.Decline(mallory, "file", id));
        }

        Assert.Equal(TransferState.Confirming, _test.Relay.GetSnapshot().Transfers.Single().State);
        Assert.Equal(TransferError.None, _test.Token.Channel.Confirm(alice, "file", sha256, id));
        Assert.Equal(DeliveryStatus.Confirmed, (await sender.Outcome.Soon()).Delivery);
    }

    [Fact]
    public async Task RevokedLink_IsGivenNoFile_ThatComesWhileItIsBeingRevoked()
    {
        var link = await MintAsync(TokenRights.Receive);
        var waiting = _test.Relay.JoinNextAsReceiverAsync(link);

        // What a revocation does first, before it comes to those who wait.
        link.Revoke();
        await using var sender = _test.Send(length: Length);

        Assert.Equal(TransferError.TokenEnded, (await waiting.AsTask().Soon()).Error);
        Assert.Equal(TransferState.WaitingForReceiver, _test.Relay.GetSnapshot().Transfers.Single().State);
    }

    [Fact]
    public async Task NextReceiver_LeavesTheFileOfAnotherLinkThatIsAway()
    {
        var (alice, bob) = (await MintAsync(TokenRights.Receive), await MintAsync(TokenRights.Receive));
        await using var sender = _test.Send(length: Length);
        var receiver = _test.Receive(token: alice);
        await sender.WriteAsync(0, 100);
        await receiver.TakeSomeAsync();
        await receiver.DisposeAsync();

        var waiting = _test.Relay.JoinNextAsReceiverAsync(bob).AsTask();

        Assert.False(waiting.IsCompleted);
        await using var back = _test.Receive(token: alice);
        await using var next = _test.Send("next");
        await using var second = new TestReceiver((await waiting.Soon()).Lease!, PipeOptionsChoice.Small);
        Assert.Equal("next", second.Lease.Name);
    }

    private async Task<Token> MintAsync(TokenRights rights, int? uses = null)
        => (await _test.Relay.Tokens.MintSubTokenAsync(_test.Token, rights, uses))!.Token;
}
