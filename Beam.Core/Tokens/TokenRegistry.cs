using System.Collections.Concurrent;
using Beam.Diagnostics;
using Beam.Holding;
using Beam.Transfers;
using Microsoft.Extensions.Options;

namespace Beam.Tokens;

/// <summary>The live tokens of a relay, by digest.</summary>
/// <remarks>
/// Thread-safe. No call looks at all tokens: minting looks at those that the parent was made from, revoking at those that were made from a
/// token, and the sweep at those whose time has come.
/// </remarks>
public sealed class TokenRegistry
{
    // Two words make millions of tokens. If so many live that no free one is found, the answer is that there are too many.
    private const int MaxAttempts = 100;

    private readonly ConcurrentDictionary<TokenDigest, Token> _tokens = new();

    // What runs when a token has ended.
    private readonly ConcurrentDictionary<Token, Action> _ends = new();

    private readonly TokenExpiry _expiry = new();
    private readonly BeamOptions _options;
    private readonly BeamMetrics _metrics;
    private readonly TimeProvider _timeProvider;
    private int _count;
    private long _looks;

    internal TokenRegistry(IOptions<BeamOptions> options, BeamMetrics metrics, TimeProvider timeProvider)
    {
        _metrics = metrics;
        _options = options.Value;
        _timeProvider = timeProvider;
    }

    /// <summary>Gets how many tokens live.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Gets or sets what runs, outside all locks, before the maker of a further token of a channel hears of it.</summary>
    internal Func<BeamChannel, Task>? FurtherMinted { get; set; }

    /// <summary>Gets how many tokens revocations and sweeps have looked at since the start. It says what they cost.</summary>
    internal long Looks => Interlocked.Read(ref _looks);

    /// <summary>Mints a token with all rights that opens a new channel.</summary>
    /// <param name="origin">
    /// What to note of the channel's origin, such as who asked for it; <see langword="null"/> for nothing. Observers find it in their
    /// events. The relay writes it to the disk with files that are handed in. All names and values together have at most 32,768 letters.
    /// </param>
    /// <param name="cancellationToken">Cancels the minting where tokens are kept elsewhere; here it completes at once.</param>
    /// <returns>The token, or <see langword="null"/> when <see cref="BeamOptions.MaxTokens"/> live already.</returns>
    /// <exception cref="ArgumentException"><paramref name="origin"/> is longer than that.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled before.</exception>
    /// <example><code>
    /// if (await relay.Tokens.MintAsync() is { } minted)
    /// {
    ///     Console.WriteLine(minted.Secret);
    /// }
    /// </code></example>
    public ValueTask<MintedToken?> MintAsync(
        IReadOnlyDictionary<string, string>? origin = null,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var now = _timeProvider.GetUtcNow();
        if (!BeamChannel.IsOrigin(origin))
        {
            throw new ArgumentException("The notes are too long to be written down.", nameof(origin));
        }

        // A copy: what is written down later is what was checked.
        var channel = origin is null ? new BeamChannel() : new BeamChannel { Origin = origin.ToDictionary().AsReadOnly() };
        var life = new TokenLife(now + _options.TokenLifetime, now + _options.TokenMaxAge, Uses: null);
        return MintAsync(channel, parent: null, TokenRights.All, life);
    }

    /// <summary>Mints a further token of the same channel with the same rights or fewer.</summary>
    /// <param name="parent">The token it is made from; if that is revoked, so is this.</param>
    /// <param name="rights">Its rights; at least one, and none that the parent lacks.</param>
    /// <param name="uses">
    /// How many sends or receives it is good for; <see langword="null"/> for any number. A send or receive that fails does not count.
    /// </param>
    /// <param name="lifetime">
    /// How long it lives at most; <see langword="null"/> for the life of any token. It ends with its parent, whatever is said here.
    /// </param>
    /// <param name="cancellationToken">
    /// Cancels the minting before it begins. Here it completes at once or, if the channel has files that were handed in, when the disk has
    /// the token.
    /// </param>
    /// <returns>
    /// The token, or <see langword="null"/> when the parent has ended or has a <see cref="Token.Depth"/> of <see cref="Token.MaxDepth"/>,
    /// or when <see cref="BeamOptions.MaxTokens"/> or <see cref="BeamOptions.MaxTokensPerChannel"/> live already.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="rights"/> is empty or has a right that the parent lacks.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="uses"/> or <paramref name="lifetime"/> is not positive.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled before.</exception>
    public ValueTask<MintedToken?> MintSubTokenAsync(
        Token parent,
        TokenRights rights,
        int? uses = null,
        TimeSpan? lifetime = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parent);
        cancellationToken.ThrowIfCancellationRequested();
        if (rights == TokenRights.None || (rights & ~parent.Rights) != TokenRights.None)
        {
            throw new ArgumentException("A sub-token has at least one right, and none that its parent lacks.", nameof(rights));
        }

        if (uses is { } number)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(number, nameof(uses));
        }

        var now = _timeProvider.GetUtcNow();
        var endsAt = now + _options.TokenMaxAge;
        var expiresAt = now + _options.TokenLifetime;
        if (lifetime is { } life)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(life, TimeSpan.Zero, nameof(lifetime));
            endsAt = life < _options.TokenMaxAge ? now + life : endsAt;
            expiresAt = endsAt;
        }

        // Otherwise one token after another could keep a channel open forever.
        endsAt = endsAt < parent.EndsAt ? endsAt : parent.EndsAt;
        expiresAt = expiresAt < endsAt ? expiresAt : endsAt;
        return MintAsync(parent.Channel, parent, rights, new TokenLife(expiresAt, endsAt, uses));
    }

    /// <summary>Finds the token that <paramref name="secret"/> stands for.</summary>
    /// <param name="secret">What somebody presented; anything at all.</param>
    /// <returns>The token, or <see langword="null"/> when there is none, or it has ended.</returns>
    public Token? Find(ReadOnlySpan<char> secret)
        => TokenFormat.IsWellFormed(secret)
            && _tokens.TryGetValue(TokenDigest.Of(secret), out var token)
            && token.IsAlive(_timeProvider.GetUtcNow())
                ? token
                : null;

    /// <summary>Calls <paramref name="ended"/> once, when a token has ended and is counted no more: at once if that was before.</summary>
    /// <param name="token">The token.</param>
    /// <param name="ended">What to call, perhaps before this method returns. It must neither throw nor take long.</param>
    public void OnEnd(Token token, Action ended)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(ended);
        _ends.AddOrUpdate(token, ended, (_, before) => before + ended);

        // Afterwards: whoever removes it from now on finds what to call.
        if (!_tokens.TryGetValue(token.Digest, out var live) || !ReferenceEquals(live, token))
        {
            TellEnd(token);
        }
    }

    /// <summary>Gets some of the tokens, those that may end soonest.</summary>
    internal List<Token> GetFirst(int most) => _expiry.GetFirst(most);

    /// <summary>Takes up the tokens of a channel as they were before a restart, even if there are more than there may be.</summary>
    /// <param name="channel">The channel, which has no tokens yet.</param>
    /// <param name="held">What was written down, which keeps the rules for it.</param>
    /// <returns>
    /// The tokens; <see langword="null"/> when one of them lives already. Then nothing has changed: nothing that is written down gives a
    /// token more rights, or another channel.
    /// </returns>
    internal IReadOnlyList<Token>? TryRestore(BeamChannel channel, IReadOnlyList<HeldToken> held)
    {
        var tokens = new List<Token>(held.Count);
        foreach (var entry in held)
        {
            if (!TokenDigest.TryParse(entry.Digest, out var digest) || _tokens.ContainsKey(digest))
            {
                return null;
            }

            var parent = entry.Parent < 0 ? null : tokens[entry.Parent];
            tokens.Add(new Token(channel, parent, digest, entry.Rights, new TokenLife(entry.ExpiresAt, entry.EndsAt, entry.Uses)));
        }

        lock (channel.Lock)
        {
            foreach (var token in tokens)
            {
                _tokens[token.Digest] = token;
                Interlocked.Increment(ref _count);
                Enter_NeedsChannelLock(token);
            }
        }

        return tokens;
    }

    /// <summary>Removes <paramref name="token"/> and all that were made from it.</summary>
    internal void Revoke(Token token)
    {
        lock (token.Channel.Lock)
        {
            token.Revoke();
            Remove_NeedsChannelLock(token);
            token.Channel.NoteRevocation();
        }
    }

    /// <summary>Removes the tokens that have ended. It looks only at those whose time has come.</summary>
    internal void Sweep()
    {
        var now = _timeProvider.GetUtcNow();
        while (_expiry.TakeDue(now) is { } token)
        {
            Interlocked.Increment(ref _looks);
            lock (token.Channel.Lock)
            {
                if (token.FindOwnEnd_NeedsChannelLock(now, _options.TokenRenewal) is var end && end <= now)
                {
                    Remove_NeedsChannelLock(token);
                }
                else if (_tokens.ContainsKey(token.Digest))
                {
                    _expiry.Enter(token, end);
                }
            }
        }
    }

    /// <summary>Makes a token, and tells the application. If that throws, nobody knows the token, so that it goes again.</summary>
    private async ValueTask<MintedToken?> MintAsync(BeamChannel channel, Token? parent, TokenRights rights, TokenLife life)
    {
        var minted = TryAdd(channel, parent, rights, life);
        if (minted is null)
        {
            return null;
        }

        try
        {
            _metrics.CountMinted();
            if (parent is not null && FurtherMinted is { } tell)
            {
                await tell(channel).ConfigureAwait(false);
            }

            return minted;
        }
        catch
        {
            lock (channel.Lock)
            {
                Remove_NeedsChannelLock(minted.Token);
            }

            throw;
        }
    }

    private MintedToken? TryAdd(BeamChannel channel, Token? parent, TokenRights rights, TokenLife life)
    {
        if (parent?.Depth >= Token.MaxDepth)
        {
            return null;
        }

        lock (channel.Lock)
        {
            if (channel.TokenCount >= _options.MaxTokensPerChannel || parent?.IsAlive_NeedsChannelLock(_timeProvider.GetUtcNow()) == false)
            {
                return null;
            }

            if (Interlocked.Increment(ref _count) > _options.MaxTokens)
            {
                Interlocked.Decrement(ref _count);
                return null;
            }

            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                var secret = TokenFormat.Create(_options.NodeId, _options.TokenWords);
                var token = new Token(channel, parent, TokenDigest.Of(secret), rights, life);

                // Letters never repeat; few words may.
                if (_tokens.TryAdd(token.Digest, token))
                {
                    Enter_NeedsChannelLock(token);
                    return new MintedToken(secret, token);
                }
            }

            Interlocked.Decrement(ref _count);
            return null;
        }
    }

    private void Enter_NeedsChannelLock(Token token)
    {
        token.Attach_NeedsChannelLock();
        token.Channel.Enter_NeedsLock(token);
        _expiry.Enter(token, token.OwnExpiresAt_NeedsChannelLock);
    }

    /// <summary>Removes a token and all that were made from it: none of them lives longer.</summary>
    private void Remove_NeedsChannelLock(Token token)
    {
        foreach (var ended in token.Detach_NeedsChannelLock())
        {
            Interlocked.Increment(ref _looks);
            if (_tokens.TryRemove(new(ended.Digest, ended)))
            {
                Interlocked.Decrement(ref _count);
                _expiry.Leave(ended);
                ended.Channel.Leave_NeedsLock(ended);
                TellEnd(ended);
            }
        }
    }

    private void TellEnd(Token token)
    {
        if (_ends.TryRemove(token, out var ended))
        {
            ended();
        }
    }
}
