using Beam.Core.Tests.Transfers;
using Beam.Holding;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.Core.Tests.Tokens;

/// <summary>
/// In whatever order tokens are made, used and ended: which of them live, which channel each opens, and how many there are is what the
/// model says.
/// </summary>
[Trait("Rule", "P8")]
[Trait("Rule", "P9")]
[Trait("Rule", "P11")]
public sealed class TokenModelTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Tokens_AreWhatTheModelSays_AfterEveryStep(int seed)
    {
        using var test = new TestRelay(static options =>
        {
            options.MaxTokens = 60;
            options.MaxTokensPerChannel = 20;
            options.TokenLifetime = TimeSpan.FromSeconds(60);
            options.TokenRenewal = TimeSpan.FromSeconds(20);
            options.TokenMaxAge = TimeSpan.FromSeconds(150);
        });
        var options = test.Services.GetRequiredService<IOptions<BeamOptions>>().Value;
        var run = new Run(test, new TokenModel(options), options, new Random(seed));
        run.Model.Mint(test.Minted, parent: null, uses: null, lifetime: null, test.Clock.GetUtcNow());
        for (var step = 0; step < 500; step++)
        {
            await run.StepAsync();
            run.Check();
        }

        // All of it has come to pass.
        Assert.InRange(run.Refused, 10, 500);
        Assert.Contains(run.Model.All, static token => token.Depth == Token.MaxDepth);
        Assert.True(run.Model.All.Count > 80, $"{run.Model.All.Count} tokens");

        run.EndUses();
        test.Clock.Advance(TimeSpan.FromSeconds(150));
        run.Check();
        Assert.Equal((0, 0), (test.Relay.Tokens.Count, test.Relay.Tokens.GetFirst(int.MaxValue).Count));
    }

    private sealed class Run(TestRelay test, TokenModel model, BeamOptions options, Random random)
    {
        private readonly List<(TokenModel.Entry Token, TokenUse Use)> _uses = [];

        public TokenModel Model => model;

        public int Refused { get; private set; }

        private TokenRegistry Tokens => test.Relay.Tokens;

        private DateTimeOffset Now => test.Clock.GetUtcNow();

        public async Task StepAsync()
        {
            switch (random.Next(12))
            {
                case 0:
                    await MintAsync(parent: null);
                    break;

                case < 6:
                    await MintAsync(Any());
                    break;

                case 6 when Any() is { } token:
                    await test.Relay.RevokeAsync(token.Token);
                    token.IsRevoked = true;
                    break;

                case 7 or 8 when Any() is { } token:
                    BeginUse(token);
                    break;

                case 9:
                    EndUse();
                    break;

                default:
                    test.Clock.Advance(TimeSpan.FromSeconds(random.Next(8)));
                    break;
            }
        }

        public void Check()
        {
            var alive = model.Alive(Now).ToList();
            Assert.All(model.All, token => Assert.Equal(token.IsAlive(Now) ? token.Token : null, Tokens.Find(token.Secret)));
            Assert.Equal(alive.Count, Tokens.Count);
            Assert.Equal(alive.Count, test.Relay.GetTotals().Tokens);
            Assert.Equal(alive.Select(static token => token.Token).ToHashSet(), [.. Tokens.GetFirst(int.MaxValue)]);
            Assert.All(alive, static token => Assert.Equal(token.Chain.Min(static each => each.ExpiresAt), token.Token.ExpiresAt));
            Assert.All(alive, static token => Assert.Equal(token.Uses, token.Token.UsesLeft));
            foreach (var channel in model.All.Where(static token => token.Parent is null))
            {
                CheckChannel(channel.Token, alive.FindAll(token => ReferenceEquals(token.Root, channel)));
            }
        }

        public void EndUses()
        {
            while (_uses.Count > 0)
            {
                EndUse();
            }
        }

        private static void CheckChannel(Token first, List<TokenModel.Entry> alive)
        {
            // What would be written of the channel: each after the one that it was made from.
            var written = HeldChannel.Of(first.Channel).Tokens;
            Assert.Equal(alive.Count, first.Channel.TokenCount);
            Assert.Equal(
                alive.Select(static token => (token.Token.Digest.ToHex(), token.Parent?.Token.Digest.ToHex())).Order(),
                written.Select(token => (token.Digest, token.Parent < 0 ? null : written[token.Parent].Digest)).Order());
            Assert.All(written.Index(), static each => Assert.InRange(each.Item.Parent, -1, each.Index - 1));
        }

        private TokenModel.Entry? Any() => model.All.Count == 0 ? null : model.All[^random.Next(1, Math.Min(model.All.Count, 40) + 1)];

        private async Task MintAsync(TokenModel.Entry? parent)
        {
            var uses = random.Next(3) == 0 ? random.Next(1, 4) : (int?)null;
            var lifetime = random.Next(3) == 0 ? TimeSpan.FromSeconds(random.Next(1, 200)) : (TimeSpan?)null;
            var (isSub, may) = (parent is not null, model.MayMint(parent, Now));
            var minted = isSub
                ? await Tokens.MintSubTokenAsync(parent!.Token, TokenRights.All, uses, lifetime)
                : await Tokens.MintAsync();

            Assert.Equal(may, minted is not null);
            Refused += may ? 0 : 1;
            if (minted is not null)
            {
                var limit = lifetime < options.TokenMaxAge ? lifetime : isSub && lifetime is not null ? options.TokenMaxAge : null;
                model.Mint(minted, parent, isSub ? uses : null, isSub ? limit : null, Now);
            }
        }

        private void BeginUse(TokenModel.Entry token)
        {
            lock (token.Token.Channel.Lock)
            {
                var error = TokenUse.TryBegin(token.Token, options, test.Clock, out var use);
                var may = token.IsAlive(Now) && token.Chain.All(static each => each.Uses is not 0);
                Assert.Equal(may, error == TransferError.None);
                if (error == TransferError.None)
                {
                    model.BeginUse(token, Now);
                    _uses.Add((token, use));
                }
            }
        }

        private void EndUse()
        {
            if (_uses.Count == 0)
            {
                return;
            }

            var (token, use) = _uses[random.Next(_uses.Count)];
            _uses.Remove((token, use));
            var isSpent = random.Next(2) == 0;
            lock (token.Token.Channel.Lock)
            {
                use.End(isSpent);
                model.EndUse(token, isSpent, Now);
            }
        }
    }
}
