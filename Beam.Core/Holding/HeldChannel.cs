using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Holding;

/// <summary>
/// What the relay writes of a channel that has accepted files, once for all of them: without its tokens nobody could get these files after
/// a restart.
/// </summary>
/// <param name="Version">The format, <see cref="CurrentVersion"/>.</param>
/// <param name="Tokens">
/// The tokens of the channel, each after the one that it was made from. The first is the one that has opened the channel.
/// </param>
internal sealed record HeldChannel(int Version, IReadOnlyList<HeldToken> Tokens)
{
    public const int CurrentVersion = 1;

    /// <summary>Gets what the application noted when the channel was opened.</summary>
    public IReadOnlyDictionary<string, string>? Origin { get; init; }

    /// <summary>
    /// Describes a channel as it is now. A token that was revoked before has left the channel with all that were made from it, and is not
    /// in the description.
    /// </summary>
    public static HeldChannel Of(BeamChannel channel)
    {
        lock (channel.Lock)
        {
            var tokens = channel.FirstToken?.CollectMade_NeedsChannelLock() ?? [];
            var held = new List<HeldToken>(tokens.Count);
            var places = new Dictionary<Token, int>(tokens.Count);
            foreach (var token in tokens)
            {
                places.Add(token, held.Count);
                held.Add(new HeldToken(
                    token.Digest.ToHex(),
                    token.Parent is { } source ? places[source] : -1,
                    token.Rights,
                    token.OwnExpiresAt_NeedsChannelLock,
                    token.EndsAt,
                    token.UnspentUses_NeedsChannelLock));
            }

            return new HeldChannel(CurrentVersion, held) { Origin = channel.Origin.Count > 0 ? channel.Origin : null };
        }
    }
}
