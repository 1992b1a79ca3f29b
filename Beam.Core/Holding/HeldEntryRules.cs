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
    /// <param name="entry">What was written.</param>
    /// <param name="tokens">The tokens of its channel, which have been checked.</param>
    /// <param name="options">The options of today.</param>
    /// <param name="now">The time.</param>
    /// <returns>
    /// The entry with times that are within today's limits and a description that can be passed on; <see langword="null"/> when something
    /// else is not allowed.
    /// </returns>
    public static HeldEntry? Admit(HeldEntry entry, IReadOnlyList<HeldToken> tokens, BeamOptions options, DateTimeOffset now)
    {
        if (entry.Version != HeldEntry.CurrentVersion
            || !TransferIds.IsWellFormed(entry.TransferId)
            || !TransferNames.IsValid(entry.Name)
            || entry.Length is < 0 or > TransferDescription.LargestLength
            || entry.Receivers < 1
            || entry.Receivers > options.MaxReceivers
            || entry.Sha256 is { Length: not SHA256.HashSizeInBytes }
            || tokens.FirstOrDefault(token => token.Digest == entry.SenderToken) is not { Uses: not 0 } sender
            || !sender.Rights.HasFlag(TokenRights.Send))
        {
            return null;
        }

        return entry with
        {
            ContentType = entry.ContentType is { } type && IsHeaderText(type) ? type : null,
            ContentEncoding = entry.ContentEncoding is { } coding && IsHeaderText(coding) ? coding : null,
            Account = RelayAccount.IsName(entry.Account) ? entry.Account : null,
            Deadline = HeldChannelRules.Earliest(entry.Deadline, HeldChannelRules.Earliest(now + options.HandInTimeout, sender.EndsAt)),
        };
    }

    private static bool IsHeaderText(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
