using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Holding;

/// <summary>What the relay takes from the disk of a channel: no more than requests could have made of it.</summary>
internal static class HeldChannelRules
{
    /// <summary>Checks what was written of a channel.</summary>
    /// <returns>
    /// The channel with times that are within today's limits; <see langword="null"/> when something else is not allowed.
    /// </returns>
    public static HeldChannel? Admit(HeldChannel channel, BeamOptions options, DateTimeOffset now)
        => channel.Version == HeldChannel.CurrentVersion
            && channel.Origin?.Values.Contains(null) != true
            && BeamChannel.IsOrigin(channel.Origin)
            && AreTokens(channel.Tokens)
                ? channel with { Tokens = [.. channel.Tokens.Select(token => Limit(token, now + options.TokenMaxAge))] }
                : null;

    public static DateTimeOffset Earliest(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    // All descend from the first, and not too deep. A token has no right that its parent lacks, and does not outlive it.
    private static bool AreTokens(IReadOnlyList<HeldToken> tokens)
    {
        var digests = new HashSet<TokenDigest>(tokens.Count);
        var depths = new int[tokens.Count];
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i] is not { } token
                || !IsToken(token)
                || !TokenDigest.TryParse(token.Digest, out var digest)
                || !digests.Add(digest)
                || token.Parent < Math.Min(0, i - 1)
                || token.Parent >= i)
            {
                return false;
            }

            if (i > 0)
            {
                var parent = tokens[token.Parent];
                depths[i] = depths[token.Parent] + 1;
                if (depths[i] > Token.MaxDepth
                    || (token.Rights & ~parent.Rights) != TokenRights.None
                    || token.EndsAt > parent.EndsAt)
                {
                    return false;
                }
            }
        }

        return tokens.Count > 0;
    }

    private static bool IsToken(HeldToken token)
        => token.Uses is null or >= 0
            && Enum.IsDefined(token.Rights)
            && token.Rights != TokenRights.None
            && token.ExpiresAt <= token.EndsAt;

    private static HeldToken Limit(HeldToken token, DateTimeOffset latest) => token with
    {
        ExpiresAt = Earliest(token.ExpiresAt, latest),
        EndsAt = Earliest(token.EndsAt, latest),
    };
}
