using Beam.AspNetCore.Status;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.AspNetCore.Channels;

/// <summary>A token and its channel as JSON, as the holder of the token may see it.</summary>
/// <param name="Rights">What the token allows.</param>
/// <param name="ExpiresAt">When the token ends unless it is used.</param>
/// <param name="UsesLeft">How many uses the token has left; null for any number.</param>
/// <param name="WaitingReceivers">How many receivers wait for the next file.</param>
/// <param name="Transfers">
/// What waits or runs. Null when the token does not allow to receive, because many people may have the same link for sending.
/// </param>
/// <param name="Recent">What has ended not long ago, the latest first. Null when <paramref name="Transfers"/> is.</param>
internal sealed record ChannelBody(
    IReadOnlyList<string> Rights,
    DateTimeOffset ExpiresAt,
    int? UsesLeft,
    int WaitingReceivers,
    IReadOnlyList<TransferStatusBody>? Transfers,
    IReadOnlyList<TransferStatusBody>? Recent)
{
    public static ChannelBody Of(Token token, ChannelSnapshot channel)
    {
        var seen = ChannelEventBody.Of(token.Rights, channel);
        return new(seen.Rights, token.ExpiresAt, token.UsesLeft, seen.WaitingReceivers, seen.Transfers, seen.Recent);
    }
}
