using Beam.Transfers;

namespace Beam.Tokens;

/// <summary>A live token as the relay knows it: what it allows and for how long. It does not hold the secret itself.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class Token
{
    private readonly DateTimeOffset _endsAt;
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
        if (parent is null)
        {
            channel.NoteFirstToken(digest);
        }
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

    /// <summary>Gets how many tokens it descends from.</summary>
    internal int Depth => Parent is null ? 0 : Parent.Depth + 1;

    /// <summary>Gets when it ends whatever its use.</summary>
    internal DateTimeOffset EndsAt => _endsAt;

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

    /// <summary>
    /// Says whether a former process can have written this of the token: it opens the channel, and has the same rights, limits and parent.
    /// </summary>
    internal bool Is(BeamChannel channel, TokenRights rights, Token? parent, int? uses)
        => ReferenceEquals(Channel, channel)
            && Rights == rights
            && (parent is null || Parent is null || ReferenceEquals(Parent, parent))
            && UsesLeft.HasValue == uses.HasValue;

    /// <summary>
    /// Takes up what was written down of the token beside another file. Only one of two notes is the latest, and what happens to a token
    /// goes one way: it has fewer unspent uses and expires later.
    /// </summary>
    internal void Merge(DateTimeOffset expiresAt, int? uses)
    {
        lock (Channel.Lock)
        {
            if (uses < UnspentUses_NeedsChannelLock)
            {
                _usesLeft = Math.Max(0, uses.Value - _activeUses);
            }

            RenewUntil_NeedsLock(expiresAt);
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
