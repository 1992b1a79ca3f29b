using System.Security.Cryptography;
using Beam.Accounts;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Holding;

/// <summary>
/// What the relay takes from the disk: no more than it would take from a request, even of an entry that it has written itself. The options
/// may have changed since, and so may the clock.
/// </summary>
internal static class HeldEntryRules
{
    /// <summary>Checks an entry.</summary>
    /// <returns>
    /// The entry with times that are within today's limits and a description that can be passed on; <see langword="null"/> when something
    /// else is not allowed.
    /// </returns>
    public static HeldEntry? Admit(HeldEntry entry, BeamOptions options, DateTimeOffset now)
    {
        if (entry.Version != HeldEntry.CurrentVersion
            || !TokenDigest.TryParse(entry.Channel, out _)
            || !TransferIds.IsWellFormed(entry.TransferId)
            || !TransferNames.IsValid(entry.Name)
            || entry.Length is < 0 or > TransferDescription.LargestLength
            || entry.Receivers < 1
            || entry.Receivers > options.MaxReceivers
            || entry.Sha256 is { Length: not SHA256.HashSizeInBytes }
            || entry.Origin?.Values.Contains(null) == true
            || !BeamChannel.IsOrigin(entry.Origin)
            || !AreTokens(entry.Tokens)
            || entry.SenderToken < 0
            || entry.SenderToken >= entry.Tokens.Count
            || entry.Tokens[entry.SenderToken] is { Uses: 0 }
            || !entry.Tokens[entry.SenderToken].Rights.HasFlag(TokenRights.Send))
        {
            return null;
        }

        var tokens = entry.Tokens.Select(token => Limit(token, now + options.TokenMaxAge)).ToList();
        return entry with
        {
            ContentType = entry.ContentType is { } type && IsHeaderText(type) ? type : null,
            ContentEncoding = entry.ContentEncoding is { } coding && IsHeaderText(coding) ? coding : null,
            Account = RelayAccount.IsName(entry.Account) ? entry.Account : null,
            Tokens = tokens,
            Deadline = Earliest(entry.Deadline, Earliest(now + options.HandInTimeout, tokens[entry.SenderToken].EndsAt)),
        };
    }

    // A token has no right that its parent lacks, and does not outlive it.
    private static bool AreTokens(IReadOnlyList<HeldToken> tokens)
    {
        var digests = new HashSet<TokenDigest>(tokens.Count);
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i] is not { Uses: null or >= 0 } token
                || !TokenDigest.TryParse(token.Digest, out var digest)
                || !digests.Add(digest)
                || token.Parent < -1
                || token.Parent >= i
                || !Enum.IsDefined(token.Rights)
                || token.Rights == TokenRights.None
                || token.ExpiresAt > token.EndsAt
                || (token.Parent >= 0
                    && ((token.Rights & ~tokens[token.Parent].Rights) != TokenRights.None || token.EndsAt > tokens[token.Parent].EndsAt)))
            {
                return false;
            }
        }

        return tokens.Count > 0;
    }

    private static HeldToken Limit(HeldToken token, DateTimeOffset latest) => token with
    {
        ExpiresAt = Earliest(token.ExpiresAt, latest),
        EndsAt = Earliest(token.EndsAt, latest),
    };

    private static DateTimeOffset Earliest(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static bool IsHeaderText(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
