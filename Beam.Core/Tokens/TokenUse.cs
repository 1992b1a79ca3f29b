using Beam.Transfers;

namespace Beam.Tokens;

/// <summary>A use of a token that has begun. Until it ends, it keeps the token, and those that it was made from, alive.</summary>
/// <remarks>It begins and ends under the channel's lock. Its holder ends it; a second end does nothing.</remarks>
internal sealed class TokenUse
{
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _renewal;
    private bool _hasEnded;

    private TokenUse(Token token, BeamOptions options, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _renewal = options.TokenRenewal;
        Token = token;
    }

    public Token Token { get; }

    /// <summary>Begins a use, unless the token has ended or has no use left.</summary>
    public static TransferError TryBegin(Token token, BeamOptions options, TimeProvider timeProvider, out TokenUse? use)
    {
        var error = token.TryBeginUse_NeedsChannelLock(timeProvider.GetUtcNow(), options.TokenRenewal);
        use = error == TransferError.None ? new TokenUse(token, options, timeProvider) : null;
        return error;
    }

    /// <summary>Takes up a use that began before a restart.</summary>
    public static TokenUse Continue(Token token, BeamOptions options, TimeProvider timeProvider)
    {
        token.ContinueUse_NeedsChannelLock();
        return new TokenUse(token, options, timeProvider);
    }

    /// <summary>Ends the use.</summary>
    /// <param name="isSpent">Whether it came to something; otherwise the token has it back.</param>
    public void End(bool isSpent)
    {
        if (!_hasEnded)
        {
            _hasEnded = true;
            Token.EndUse_NeedsChannelLock(_timeProvider.GetUtcNow(), _renewal, isSpent);
        }
    }
}
