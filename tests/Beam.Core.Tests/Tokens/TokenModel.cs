using Beam.Tokens;

namespace Beam.Core.Tests.Tokens;

/// <summary>What tokens do, said as plainly as possible: a list of all that were ever made, of which everything is computed anew.</summary>
internal sealed class TokenModel(BeamOptions options)
{
    private readonly List<Entry> _tokens = [];

    public IReadOnlyList<Entry> All => _tokens;

    public IEnumerable<Entry> Alive(DateTimeOffset now) => _tokens.Where(token => token.IsAlive(now));

    /// <summary>Says whether another token can be made, and by which limit it cannot.</summary>
    public bool MayMint(Entry? parent, DateTimeOffset now)
        => Alive(now).Count() < options.MaxTokens
            && (parent is null
                || (parent.Depth < Token.MaxDepth
                    && parent.IsAlive(now)
                    && Alive(now).Count(token => ReferenceEquals(token.Root, parent.Root)) < options.MaxTokensPerChannel));

    public void Mint(MintedToken minted, Entry? parent, int? uses, TimeSpan? lifetime, DateTimeOffset now)
    {
        var endsAt = Earliest(now + (lifetime ?? options.TokenMaxAge), parent?.EndsAt ?? DateTimeOffset.MaxValue);
        _tokens.Add(new Entry(minted, parent)
        {
            EndsAt = endsAt,
            ExpiresAt = Earliest(lifetime is null ? now + options.TokenLifetime : endsAt, endsAt),
            Uses = uses,
        });
    }

    public void BeginUse(Entry token, DateTimeOffset now)
    {
        foreach (var each in token.Chain)
        {
            each.Uses--;
            each.ActiveUses++;
            Renew(each, now);
        }
    }

    public void EndUse(Entry token, bool isSpent, DateTimeOffset now)
    {
        foreach (var each in token.Chain)
        {
            each.Uses += isSpent ? 0 : 1;
            each.ActiveUses--;
            Renew(each, now);
        }
    }

    private static DateTimeOffset Earliest(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private void Renew(Entry token, DateTimeOffset now)
    {
        var renewed = Earliest(now + options.TokenRenewal, token.EndsAt);
        token.ExpiresAt = renewed > token.ExpiresAt ? renewed : token.ExpiresAt;
    }

    internal sealed class Entry(MintedToken minted, Entry? parent)
    {
        public string Secret => minted.Secret;

        public Token Token => minted.Token;

        public Entry? Parent => parent;

        public Entry Root => parent?.Root ?? this;

        public int Depth => parent is null ? 0 : parent.Depth + 1;

        /// <summary>Gets itself and all that it was made from.</summary>
        public IEnumerable<Entry> Chain => parent is null ? [this] : parent.Chain.Prepend(this);

        public DateTimeOffset ExpiresAt { get; set; }

        public DateTimeOffset EndsAt { get; init; }

        public int? Uses { get; set; }

        public int ActiveUses { get; set; }

        public bool IsRevoked { get; set; }

        public bool IsAlive(DateTimeOffset now)
            => Chain.All(token => !token.IsRevoked && now < token.EndsAt && (now < token.ExpiresAt || token.ActiveUses > 0));
    }
}
