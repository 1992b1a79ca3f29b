using Beam.Core.Tests.Transfers;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Core.Tests.Tokens;

public sealed class TokenRegistryTests : IDisposable
{
    private readonly TestRelay _test = new();

    public void Dispose() => _test.Dispose();

    private TokenRegistry Tokens => _test.Relay.Tokens;

    [Fact]
    [Trait("Rule", "P7")]
    public void Mint_MakesTokensOf130RandomBits()
    {
        var secrets = Enumerable.Range(0, 10_000).Select(_ => Tokens.MintAsync().AtOnce()!.Secret).ToList();

        Assert.All(secrets, static secret => Assert.Matches("^[0-9a-hjkmnp-tv-z]{26}$", secret));
        Assert.Equal(secrets.Count, secrets.Distinct().Count());
        Assert.Equal(32, TokenFormat.Alphabet.Distinct().Count());
        Assert.True(Math.Log2(TokenFormat.Alphabet.Length) * TokenFormat.Length >= 128);
        Assert.Equal(10_001, Tokens.Count);
        Assert.All(secrets, secret => Assert.NotNull(Tokens.Find(secret)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("token")]
    [InlineData("0000000000000000000000000")]
    [InlineData("00000000000000000000000000")]
    [InlineData("000000000000000000000000000")]
    [InlineData("0000000000000000000000000i")]
    [InlineData("é0000000000000000000000000")]
    public void Find_KnowsNothingElse(string secret) => Assert.Null(Tokens.Find(secret));

    [Fact]
    public void Find_IsCaseSensitive() => Assert.Null(Tokens.Find(_test.Minted.Secret.ToUpperInvariant()));

    [Fact]
    [Trait("Rule", "P7")]
    public void Secret_IsNowhereButInItsProperty()
    {
        var secret = _test.Minted.Secret;

        Assert.DoesNotContain(secret, $"{_test.Minted} {_test.Token.Id} {_test.Token.Digest}", StringComparison.Ordinal);
        Assert.Equal(8, _test.Token.Id.Length);
        Assert.DoesNotContain(_test.Token.Id, secret, StringComparison.Ordinal);
        _test.Relay.RevokeAsync(_test.Token).AtOnce();
        Assert.Empty(_test.Logs.Mentioning(secret));
        Assert.NotEmpty(_test.Logs.Mentioning(_test.Token.Id));
    }

    [Fact]
    public void Mint_IsRefused_OverTheLimit()
    {
        using var test = new TestRelay(options => options.MaxTokens = 2);
        Assert.NotNull(test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.Send).AtOnce());
        Assert.Null(test.Relay.Tokens.MintAsync().AtOnce());
        Assert.Null(test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.Send).AtOnce());
        Assert.Equal(2, test.Relay.Tokens.Count);

        test.Relay.RevokeAsync(test.Token).AtOnce();
        Assert.Equal(0, test.Relay.Tokens.Count);
        Assert.NotNull(test.Relay.Tokens.MintAsync().AtOnce());
    }

    [Fact]
    [Trait("Rule", "P9")]
    public void MintSubToken_IsRefused_OverTheLimitOfTheChannel()
    {
        using var test = new TestRelay(options => options.MaxTokensPerChannel = 3);
        var link = test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.All).AtOnce()!.Token;
        Assert.NotNull(test.Relay.Tokens.MintSubTokenAsync(link, TokenRights.Send).AtOnce());
        Assert.Null(test.Relay.Tokens.MintSubTokenAsync(link, TokenRights.Send).AtOnce());
        Assert.NotNull(test.Relay.Tokens.MintAsync().AtOnce());
        Assert.Equal(4, test.Relay.Tokens.Count);

        test.Relay.RevokeAsync(link).AtOnce();
        Assert.NotNull(test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.Send).AtOnce());
    }

    [Fact]
    [Trait("Rule", "P36")]
    public void Link_EndsWithWhatItWasMadeFrom_HoweverLongItWasToLive()
    {
        var link = Tokens.MintSubTokenAsync(_test.Token, TokenRights.All, lifetime: TimeSpan.FromHours(24)).AtOnce()!;
        Assert.Equal(_test.Token.ExpiresAt, link.Token.ExpiresAt);

        _test.Clock.Advance(TimeSpan.FromMinutes(20));

        Assert.Null(Tokens.Find(_test.Minted.Secret));
        Assert.Null(Tokens.Find(link.Secret));
        Assert.Equal(0, Tokens.Count);
    }

    [Fact]
    [Trait("Rule", "P36")]
    public async Task Link_CanBeRevokedThroughWhatItWasMadeFrom_AsLongAsItIsUsed()
    {
        var link = Tokens.MintSubTokenAsync(_test.Token, TokenRights.Send, lifetime: TimeSpan.FromHours(24)).AtOnce()!;
        await using var sender = _test.Send(token: link.Token, wait: TimeSpan.FromMinutes(5));
        _test.Clock.Advance(TimeSpan.FromMinutes(4));
        await _test.Relay.RevokeAsync(Tokens.Find(_test.Minted.Secret)!);

        Assert.Equal(TransferError.TokenEnded, (await sender.Outcome.Soon()).Error);
        Assert.Null(Tokens.Find(link.Secret));
    }

    [Fact]
    [Trait("Rule", "P8")]
    public async Task Token_LivesTwentyMinutes_AndFiveMoreAfterAUse()
    {
        _test.Clock.Advance(TimeSpan.FromMinutes(18));
        await _test.DeliverAsync();
        _test.Clock.Advance(TimeSpan.FromMinutes(4.9));
        Assert.NotNull(Tokens.Find(_test.Minted.Secret));
        _test.Clock.Advance(TimeSpan.FromMinutes(0.2));
        Assert.Null(Tokens.Find(_test.Minted.Secret));
        Assert.Equal(0, Tokens.Count);

        var unused = Tokens.MintAsync().AtOnce()!;
        Assert.Equal(TimeSpan.FromMinutes(20), unused.Token.ExpiresAt - _test.Clock.GetUtcNow());
        _test.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Null(Tokens.Find(unused.Secret));
    }

    [Fact]
    [Trait("Rule", "P8")]
    public void Token_IsNotShortened_ByAnEarlyUse()
    {
        var expiresAt = _test.Token.ExpiresAt;
        _test.RefusalOfSender("other", length: 1);

        Assert.Equal(expiresAt, _test.Token.ExpiresAt);
    }

    [Theory]
    [InlineData(TokenRights.None)]
    [InlineData(TokenRights.Receive)]
    [InlineData(TokenRights.All)]
    [Trait("Rule", "P9")]
    public void MintSubToken_GivesNoRightThatTheParentLacks(TokenRights rights)
    {
        var send = Tokens.MintSubTokenAsync(_test.Token, TokenRights.Send).AtOnce()!.Token;

        Assert.Throws<ArgumentException>(() => Tokens.MintSubTokenAsync(send, rights).AtOnce());
    }

    [Fact]
    [Trait("Rule", "P9")]
    public async Task SubToken_OpensTheSameChannel()
    {
        var send = Tokens.MintSubTokenAsync(_test.Token, TokenRights.Send).AtOnce()!.Token;
        await using var sender = _test.Send(token: send);
        await using var receiver = _test.Receive();
        await sender.WriteAsync(0, 1);

        Assert.Equal(1, await receiver.TakeSomeAsync());
    }

    [Fact]
    [Trait("Rule", "P9")]
    public async Task Uses_AreSpent_AndGivenBackOnFailure()
    {
        var once = Tokens.MintSubTokenAsync(_test.Token, TokenRights.All, uses: 1).AtOnce()!.Token;
        await using (_test.Send("fails", token: once))
        {
            Assert.Equal(0, once.UsesLeft);
            Assert.Equal(TransferError.TokenSpent, _test.RefusalOfSender("more", token: once));
        }

        Assert.Equal(1, once.UsesLeft);
        await using var sender = _test.Send(token: once);
        await using var receiver = _test.Receive();
        await sender.CompleteAsync();
        Assert.Equal(0, await receiver.TakeAllAsync());
        receiver.Lease.FinishDelivery(DeliveryStatus.Sent);
        Assert.Equal(0, once.UsesLeft);
        Assert.Equal(TransferError.TokenSpent, _test.RefusalOfSender("more", token: once));
        Assert.Null(_test.Token.UsesLeft);
    }

    [Fact]
    [Trait("Rule", "P9")]
    public async Task Lifetime_EndsTheSubToken_WhateverItsUse()
    {
        var minted = Tokens.MintSubTokenAsync(_test.Token, TokenRights.All, lifetime: TimeSpan.FromSeconds(60)).AtOnce()!;
        await using var sender = _test.Send(token: minted.Token);
        _test.Clock.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(TransferError.TokenEnded, (await sender.Outcome.Soon()).Error);
        Assert.Null(Tokens.Find(minted.Secret));
    }

    [Fact]
    [Trait("Rule", "P8")]
    public void SubToken_DoesNotOutliveTheAbsoluteLimitOfItsParent()
    {
        using var test = new TestRelay(options => options.TokenLifetime = TimeSpan.FromHours(24));
        test.Clock.Advance(TimeSpan.FromHours(23));

        var minted = test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.All, lifetime: TimeSpan.FromHours(12)).AtOnce()!;

        Assert.Equal(TimeSpan.FromHours(1), minted.Token.ExpiresAt - test.Clock.GetUtcNow());
    }

    [Fact]
    [Trait("Rule", "P11")]
    public void Revoke_TakesTheSubTokensToo_AndNotTheParent()
    {
        var child = Tokens.MintSubTokenAsync(_test.Token, TokenRights.All).AtOnce()!;
        var grandchild = Tokens.MintSubTokenAsync(child.Token, TokenRights.Send).AtOnce()!;

        _test.Relay.RevokeAsync(child.Token).AtOnce();

        Assert.Null(Tokens.Find(child.Secret));
        Assert.Null(Tokens.Find(grandchild.Secret));
        Assert.NotNull(Tokens.Find(_test.Minted.Secret));
        Assert.Null(Tokens.MintSubTokenAsync(child.Token, TokenRights.Send).AtOnce());
        Assert.Equal(1, Tokens.Count);
    }

    [Fact]
    [Trait("Rule", "P11")]
    public async Task Revoke_TakesSubTokens_ThatAreMintedAtTheSameTime()
    {
        const int Rounds = 5_000;
        var parents = Enumerable.Range(0, Rounds).Select(_ => Tokens.MintAsync().AtOnce()!.Token).ToArray();
        using var rounds = new Barrier(2);
        var minting = Task.Run(() => parents.Select(parent =>
        {
            rounds.SignalAndWait();
            return Tokens.MintSubTokenAsync(parent, TokenRights.All).AtOnce();
        }).ToArray());
        foreach (var parent in parents)
        {
            rounds.SignalAndWait();
            parent.Revoke();
            Tokens.Revoke(parent);
        }

        var alive = (await minting.Soon()).Count(minted => minted is not null && Tokens.Find(minted.Secret) is not null);
        Assert.Equal(0, alive);
        _test.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, Tokens.Count);
    }

    [Fact]
    [Trait("Rule", "P9")]
    public void Uses_OfATokenAreThoseOfAllThatAreMadeFromIt()
    {
        var once = Tokens.MintSubTokenAsync(_test.Token, TokenRights.All, uses: 1).AtOnce()!.Token;
        var often = Tokens.MintSubTokenAsync(once, TokenRights.Receive).AtOnce()!.Token;
        var other = Tokens.MintSubTokenAsync(once, TokenRights.Receive, uses: 5).AtOnce()!.Token;
        Assert.True(_test.Relay.JoinAsReceiver(often, "a").IsJoined);

        Assert.Equal(TransferError.TokenSpent, _test.RefusalOfReceiver("b", often));
        Assert.Equal(TransferError.TokenSpent, _test.RefusalOfReceiver("b", other));
        Assert.Equal((0, 5), (once.UsesLeft, other.UsesLeft));
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("expired")]
    [InlineData("before")]
    [Trait("Rule", "P38")]
    public void End_IsToldOnce_ToAllWhoAsked(string how)
    {
        var token = Tokens.MintAsync().AtOnce()!.Token;
        var told = 0;
        if (how == "before")
        {
            _test.Relay.RevokeAsync(token).AtOnce();
        }

        Tokens.OnEnd(token, () => told++);
        Tokens.OnEnd(token, () => told++);
        Assert.Equal(how == "before" ? 2 : 0, told);
        if (how == "revoked")
        {
            _test.Relay.RevokeAsync(token).AtOnce();
        }

        _test.Clock.Advance(TimeSpan.FromDays(1));
        _test.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, told);
    }

    [Fact]
    [Trait("Rule", "P38")]
    public async Task End_IsToldOnce_WhenSomebodyAsksAtThatMoment()
    {
        for (var round = 0; round < 2_000; round++)
        {
            var token = Tokens.MintAsync().AtOnce()!.Token;
            var told = 0;
            using var start = new Barrier(2);
            var asking = Task.Run(() =>
            {
                start.SignalAndWait();
                Tokens.OnEnd(token, () => Interlocked.Increment(ref told));
            });
            start.SignalAndWait();
            _test.Relay.RevokeAsync(token).AtOnce();
            await asking.Soon();

            Assert.Equal((round, 1), (round, told));
        }
    }

    [Fact]
    public void MintSubToken_ChecksItsNumbers()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokens.MintSubTokenAsync(_test.Token, TokenRights.Send, uses: 0).AtOnce());
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Tokens.MintSubTokenAsync(_test.Token, TokenRights.Send, lifetime: TimeSpan.Zero).AtOnce());
        Assert.Throws<ArgumentNullException>(() => Tokens.MintSubTokenAsync(null!, TokenRights.Send).AtOnce());
        Assert.Equal(1, Tokens.Count);
    }
}
