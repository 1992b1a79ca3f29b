using Beam.Transfers;

namespace Beam.Tokens;

/// <summary>A live token as the relay knows it: what it allows and for how long. It does not hold the secret itself.</summary>
/// <remarks>
/// Thread-safe. The tokens of a channel form a tree, at most <see cref="MaxDepth"/> deep, under the channel's lock: a look at a token looks
/// at those that it was made from, and ending it touches those that were made from it.
/// </remarks>
public sealed class Token
{
    /// <summary>How often a link can be made from a link: no token has a greater <see cref="Depth"/>.</summary>
    public const int MaxDepth = 4;

    private readonly DateTimeOffset _endsAt;
    private HashSet<Token>? _made;
    private DateTimeOffset _expiresAt;
    private int? _usesLeft;
    private int _activeUses;
    private bool _isRevoked;

    internal Token(BeamChannel channel, Token? parent, TokenDigest digest, TokenRights rights, TokenLife life)
    {
        Channel = channel;
        Parent = parent;
        Digest = digest;
        Rights = rights;
        Id = digest.ToShortId();
        _expiresAt = life.ExpiresAt;
        _endsAt = life.EndsAt;
        _usesLeft = life.Uses;
        Depth = parent is null ? 0 : parent.Depth + 1;
    }

    /// <summary>Gets a short public name for logs and listings.</summary>
    public string Id { get; }

    /// <summary>Gets what its holder may do.</summary>
    public TokenRights Rights { get; }

    /// <summary>Gets when it ends unless it is used before: with the first of the tokens that it was made from, at the latest.</summary>
    public DateTimeOffset ExpiresAt
    {
        get
        {
            lock (Channel.Lock)
            {
                var first = _expiresAt;
                for (var token = Parent; token is not null; token = token.Parent)
                {
                    first = token._expiresAt < first ? token._expiresAt : first;
                }

                return first;
            }
        }
    }

    /// <summary>Gets how many sends or receives it is still good for, or <see langword="null"/> for any number.</summary>
    public int? UsesLeft
    {
        get
        {
            lock (Channel.Lock)
            {
                return _usesLeft;
            }
        }
    }

    /// <summary>
    /// Gets how many tokens it descends from: 0 for the first token of a channel. From a token with a depth of <see cref="MaxDepth"/> no
    /// further token is made.
    /// </summary>
    public int Depth { get; }

    /// <summary>Gets what it opens.</summary>
    public BeamChannel Channel { get; }

    /// <summary>Gets a value indicating whether it, or a token that it was made from, was revoked.</summary>
    public bool IsRevoked
    {
        get
        {
            lock (Channel.Lock)
            {
                return IsRevoked_NeedsLock();
            }
        }
    }

    internal Token? Parent { get; }

    /// <summary>Gets a value indicating whether it, or a token that it was made from, has no use left that has not begun.</summary>
    internal bool IsSpent_NeedsChannelLock
    {
        get
        {
            // Also the tokens it was made from: a token that is good for one use must not mint tokens that are good for more.
            var token = this;
            while (token is { _usesLeft: not 0 })
            {
                token = token.Parent;
            }

            return token is not null;
        }
    }

    /// <summary>Gets how many uses it has left when those that have begun count as not yet begun.</summary>
    internal int? UnspentUses_NeedsChannelLock => _usesLeft + _activeUses;

    /// <summary>Gets when it would end by itself, whatever becomes of the tokens that it was made from.</summary>
    internal DateTimeOffset OwnExpiresAt_NeedsChannelLock => _expiresAt;

    internal TokenDigest Digest { get; }

    /// <summary>Gets when it ends whatever its use.</summary>
    internal DateTimeOffset EndsAt => _endsAt;

    /// <summary>Gets or sets when to look next whether it has ended: for <see cref="TokenExpiry"/>, under its lock.</summary>
    internal DateTimeOffset DueAt { get; set; }

    /// <summary>
    /// Says whether a connection with this token may have the seat of one with <paramref name="holder"/>: with the same token, one that the
    /// holder's was made from, or one with full rights.
    /// </summary>
    internal bool MayTakeOverFrom(Token holder) => Rights == TokenRights.All || holder.IsOrDescendsFrom(this);

    /// <summary>Says whether it is <paramref name="other"/> or was made from it.</summary>
    internal bool IsOrDescendsFrom(Token other)
    {
        for (var token = this; token is not null; token = token.Parent)
        {
            if (ReferenceEquals(token, other))
            {
                return true;
            }
        }

        return false;
    }

    internal bool IsAlive(DateTimeOffset now)
    {
        lock (Channel.Lock)
        {
            return IsAlive_NeedsChannelLock(now);
        }
    }

    /// <summary>
    /// Says whether it lives, and all that it was made from: a link must not outlive what could revoke it. A use keeps them all alive.
    /// </summary>
    internal bool IsAlive_NeedsChannelLock(DateTimeOffset now)
    {
        var token = this;
        while (token is { _isRevoked: false } && now < token._endsAt && (now < token._expiresAt || token._activeUses > 0))
        {
            token = token.Parent;
        }

        return token is null;
    }

    internal void Revoke()
    {
        lock (Channel.Lock)
        {
            _isRevoked = true;
        }
    }

    /// <summary>Says until when it lives at least by itself, whatever becomes of the tokens that it was made from.</summary>
    /// <param name="now">The time.</param>
    /// <param name="renewal">How long it lives at least after a use.</param>
    internal DateTimeOffset FindOwnEnd_NeedsChannelLock(DateTimeOffset now, TimeSpan renewal)
    {
        // A use that goes on may end at any moment, and renews it then.
        var end = _activeUses > 0 && now + renewal > _expiresAt ? now + renewal : _expiresAt;
        return _isRevoked ? DateTimeOffset.MinValue : end < _endsAt ? end : _endsAt;
    }

    /// <summary>Takes its place below the token that it was made from.</summary>
    internal void Attach_NeedsChannelLock()
    {
        if (Parent is { } source)
        {
            (source._made ??= []).Add(this);
        }
    }

    /// <summary>Takes it out of the tree of its channel, with all that were made from it.</summary>
    /// <returns>These tokens, itself first.</returns>
    internal List<Token> Detach_NeedsChannelLock()
    {
        Parent?._made?.Remove(this);
        return CollectMade_NeedsChannelLock();
    }

    /// <summary>Finds the tokens that were made from it, each after the one that it was made from. It is the first itself.</summary>
    internal List<Token> CollectMade_NeedsChannelLock()
    {
        var tokens = new List<Token> { this };
        for (var at = 0; at < tokens.Count; at++)
        {
            tokens.AddRange(tokens[at]._made ?? []);
        }

        return tokens;
    }

    /// <summary>Says why no use can begin, if that is so. It changes nothing.</summary>
    /// <param name="now">The time.</param>
    /// <param name="returned">The tokens of uses that are given back before this one begins.</param>
    internal TransferError FindObstacleToUse_NeedsChannelLock(DateTimeOffset now, IReadOnlyCollection<Token> returned)
    {
        if (!IsAlive_NeedsChannelLock(now))
        {
            return TransferError.UnknownToken;
        }

        for (var token = this; token is not null; token = token.Parent)
        {
            if (token._usesLeft is { } left && left + returned.Count(other => other.IsOrDescendsFrom(token)) <= 0)
            {
                return TransferError.TokenSpent;
            }
        }

        return TransferError.None;
    }

    /// <summary>Begins a use, which keeps the token and those it was made from alive. The caller has looked whether it may.</summary>
    internal void BeginUse_NeedsChannelLock(DateTimeOffset now, TimeSpan renewal)
    {
        for (var token = this; token is not null; token = token.Parent)
        {
            token._usesLeft--;
            token._activeUses++;
            token.Renew_NeedsLock(now, renewal);
        }
    }

    /// <summary>Takes up a use that began before a restart.</summary>
    internal void ContinueUse_NeedsChannelLock()
    {
        for (var token = this; token is not null; token = token.Parent)
        {
            token._usesLeft -= token._usesLeft > 0 ? 1 : 0;
            token._activeUses++;
        }
    }

    /// <summary>Ends a use; if it came to nothing, the token gets it back.</summary>
    internal void EndUse_NeedsChannelLock(DateTimeOffset now, TimeSpan renewal, bool isSpent)
    {
        for (var token = this; token is not null; token = token.Parent)
        {
            token._usesLeft += isSpent ? 0 : 1;
            token._activeUses--;
            token.Renew_NeedsLock(now, renewal);
        }
    }

    private bool IsRevoked_NeedsLock()
    {
        // Also by its parents: a token that is minted while its parent is revoked must not survive it.
        var token = this;
        while (token is { _isRevoked: false })
        {
            token = token.Parent;
        }

        return token is not null;
    }

    private void Renew_NeedsLock(DateTimeOffset now, TimeSpan renewal) => RenewUntil_NeedsLock(now + renewal);

    private void RenewUntil_NeedsLock(DateTimeOffset renewed)
    {
        if (renewed > _expiresAt)
        {
            _expiresAt = renewed < _endsAt ? renewed : _endsAt;
        }
    }
}
