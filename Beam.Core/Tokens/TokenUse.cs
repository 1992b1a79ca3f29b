using Beam.Transfers;

namespace Beam.Tokens;

/// <summary>A use of a token. From its beginning to its end it keeps the token, and those that it was made from, alive.</summary>
/// <remarks>
/// It begins and ends under the channel's lock. A side that joins looks first whether it may begin, and begins it when nothing else can be
/// in the way any more: a refusal must not even renew the token. Its holder ends it; a second end does nothing.
/// </remarks>
internal sealed class TokenUse
{
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _renewal;
    private bool _hasBegun;
    private bool _hasEnded;

    public TokenUse(Token token, BeamOptions options, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _renewal = options.TokenRenewal;
        Token = token;
    }

    public Token Token { get; }

    /// <summary>Begins a use, unless the token has ended or has no use left.</summary>
    public static TransferError TryBegin(Token token, BeamOptions options, TimeProvider timeProvider, out TokenUse use)
    {
        use = new TokenUse(token, options, timeProvider);
        var error = token.FindObstacleToUse_NeedsChannelLock(timeProvider.GetUtcNow(), returned: []);
        if (error == TransferError.None)
        {
            use.Begin();
        }

        return error;
    }

    /// <summary>Takes up a use that began before a restart.</summary>
    public static TokenUse Continue(Token token, BeamOptions options, TimeProvider timeProvider)
    {
        token.ContinueUse_NeedsChannelLock();
        return new TokenUse(token, options, timeProvider) { _hasBegun = true };
    }

    /// <summary>Begins the use, unless it has begun.</summary>
    public void Begin()
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            Token.BeginUse_NeedsChannelLock(_timeProvider.GetUtcNow(), _renewal);
        }
    }

    /// <summary>Ends the use, if it has begun.</summary>
    /// <param name="isSpent">Whether it came to something; otherwise the token has it back.</param>
    public void End(bool isSpent)
    {
        if (_hasBegun && !_hasEnded)
        {
            _hasEnded = true;
            Token.EndUse_NeedsChannelLock(_timeProvider.GetUtcNow(), _renewal, isSpent);
        }
    }
}
