using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>The sender's seat belongs to the token that holds it.</summary>
[Trait("Rule", "P36")]
public sealed class SenderOwnershipTests : IDisposable
{
    private const int Length = 1000;

    private readonly TestRelay _test = new(static options => options.ResumeTimeout = TimeSpan.FromMinutes(2));

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task OtherLink_DoesNotGoOnWithARunningUpload()
    {
        var (alice, mallory) = (await MintAsync(TokenRights.Send), await MintAsync(TokenRights.Send, uses: 1));
        await using var sender = _test.Send(length: Length, token: alice);
        await sender.WriteAsync(0, 500);
        await UntilReceivedAsync(500);

        Assert.Equal(TransferError.NameInUse, await ResumeAsync(mallory));

        Assert.False(sender.Result.IsCompleted);
        Assert.Equal(1, mallory.UsesLeft);
    }

    [Fact]
    public async Task OtherLink_NeitherGoesOnWithNorReplacesAFile_ThatHasBrokenOff()
    {
        var (alice, mallory) = (await MintAsync(TokenRights.Send, uses: 1), await MintAsync(TokenRights.Send));
        await BreakOffAsync(alice, 500);

        Assert.Equal(TransferError.NameInUse, await ResumeAsync(mallory));
        Assert.Equal(TransferError.NameInUse, _test.RefusalOfSender(token: mallory));

        // The same link comes back under its last use.
        Assert.Equal(0, alice.UsesLeft);
        await using var back = new TestSender((await _test.Relay.ResumeAsSenderAsync(alice, "file", 500, Length)).Lease!);
        await back.WriteAsync(500, 500);
        await back.CompleteAsync();
        await using var receiver = _test.Receive();
        Assert.Equal(Length, await receiver.TakeAllAsync());
    }

    [Fact]
    public async Task OtherLink_DoesNotReplaceASender_OfWhichNothingHasCome()
    {
        var (alice, mallory) = (await MintAsync(TokenRights.Send), await MintAsync(TokenRights.Send));
        await BreakOffAsync(alice, 0);

        Assert.Equal(TransferError.NameInUse, _test.RefusalOfSender(token: mallory));
        await using var again = _test.Send(length: Length, token: alice);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    public async Task FullRights_GoOn_AndPay(int sent)
    {
        var alice = await MintAsync(TokenRights.Send, uses: 1);
        var owner = await MintAsync(TokenRights.All, uses: 1);
        await BreakOffAsync(alice, sent);

        await using var sender = sent == 0
            ? _test.Send(length: Length, token: owner)
            : new TestSender((await _test.Relay.ResumeAsSenderAsync(owner, "file", sent, Length)).Lease!);

        Assert.Equal((1, 0), (alice.UsesLeft, owner.UsesLeft));
        Assert.Equal(TransferError.NameInUse, await ResumeAsync(alice));
        await _test.Relay.RevokeAsync(owner);
        Assert.Equal(TransferError.TokenEnded, (await sender.Outcome.Soon()).Error);
    }

    [Fact]
    public async Task FullRights_CutNobody_WhenTheirUsesAreSpent()
    {
        var alice = await MintAsync(TokenRights.Send);
        var owner = await MintAsync(TokenRights.All, uses: 1);
        await using var elsewhere = _test.Send("other", token: owner);
        await using var sender = _test.Send(length: Length, token: alice);
        await sender.WriteAsync(0, 500);
        await UntilReceivedAsync(500);

        Assert.Equal(TransferError.TokenSpent, await ResumeAsync(owner));

        Assert.False(sender.Result.IsCompleted);
    }

    [Fact]
    public async Task FullRights_HaveTheirUseBack_WhenTheyAreRefused()
    {
        var owner = await MintAsync(TokenRights.All, uses: 1);
        await BreakOffAsync(await MintAsync(TokenRights.Send), 500);

        Assert.Equal(TransferError.WrongOffset, (await _test.Relay.ResumeAsSenderAsync(owner, "file", 400, Length)).Error);

        Assert.Equal(1, owner.UsesLeft);
    }

    [Fact]
    public async Task RevokedLink_DoesNotComeBack()
    {
        var alice = await MintAsync(TokenRights.Send);
        await BreakOffAsync(alice, 500);
        alice.Revoke();

        Assert.Equal(TransferError.UnknownToken, await ResumeAsync(alice));
    }

    private async Task BreakOffAsync(Token token, int sent)
    {
        await using var sender = _test.Send(length: Length, token: token);
        if (sent > 0)
        {
            await sender.WriteAsync(0, sent);
            await UntilReceivedAsync(sent);
        }

        await sender.AbortAsync();
        await sender.Result.Soon();
    }

    private Task UntilReceivedAsync(long bytes)
        => Eventually.TrueAsync(() => _test.Token.Channel.FindStatus("file")?.Transfer.BytesReceived == bytes, "the relay has the bytes");

    private async Task<TransferError> ResumeAsync(Token token)
        => (await _test.Relay.ResumeAsSenderAsync(token, "file", 500, Length).AsTask().Soon()).Error;

    private async Task<Token> MintAsync(TokenRights rights, int? uses = null)
        => (await _test.Relay.Tokens.MintSubTokenAsync(_test.Token, rights, uses))!.Token;
}
