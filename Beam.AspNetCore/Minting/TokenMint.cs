using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Quotas;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Minting;

/// <summary>Makes the tokens that requests ask for. Each counts for the address that it was made from, as long as it lives.</summary>
internal sealed class TokenMint(
    Relay relay,
    TokenQuota quota,
    OriginRecorder origins,
    IOptions<BeamOptions> options,
    TimeProvider timeProvider)
{
    private static readonly Answer TooMany
        = new(StatusCodes.Status503ServiceUnavailable, "too_many_tokens", "The relay has too many tokens; try again soon.");

    private static readonly Answer TooManyOfAddress = new(
        StatusCodes.Status429TooManyRequests,
        "over_quota",
        "Too many tokens and links of this address live; try again when one has ended, or end one with DELETE.")
    {
        RetryAfter = TimeSpan.FromMinutes(5),
    };

    private static readonly Answer TooManyOfChannel = new(
        StatusCodes.Status429TooManyRequests,
        "too_many_links",
        "Too many links of this channel live; try again when one has ended, or end one with DELETE.")
    {
        RetryAfter = TimeSpan.FromMinutes(5),
    };

    private bool IsRelayFull => relay.Tokens.Count >= options.Value.MaxTokens;

    /// <summary>Makes a token that opens a new channel.</summary>
    public Task<(MintedToken? Minted, Answer Refusal)> MintAsync(HttpContext context)
        => CountAsync(context, parent: null, () => relay.Tokens.MintAsync(origins.Describe(context)));

    /// <summary>Makes a token of the channel of <paramref name="parent"/>.</summary>
    public Task<(MintedToken? Minted, Answer Refusal)> MintSubTokenAsync(
        HttpContext context,
        Token parent,
        TokenRights rights,
        int? uses = null,
        TimeSpan? lifetime = null)
        => CountAsync(context, parent, () => relay.Tokens.MintSubTokenAsync(parent, rights, uses, lifetime));

    private bool HasEnded(Token token) => token.IsRevoked || token.ExpiresAt <= timeProvider.GetUtcNow();

    private async Task<(MintedToken? Minted, Answer Refusal)> CountAsync(
        HttpContext context,
        Token? parent,
        Func<ValueTask<MintedToken?>> mint)
    {
        if (quota.TryTake(context) is not { } lease)
        {
            return (null, IsRelayFull ? TooMany : TooManyOfAddress);
        }

        MintedToken? minted = null;
        try
        {
            minted = await mint();
        }
        finally
        {
            if (minted is null)
            {
                lease.Dispose();
            }
        }

        if (minted is null)
        {
            return (null, IsRelayFull || parent is null ? TooMany : HasEnded(parent) ? AnswerTable.ForSender(TransferError.UnknownToken)
                : TooManyOfChannel);
        }

        relay.Tokens.OnEnd(minted.Token, lease.Dispose);
        return (minted, default);
    }
}
