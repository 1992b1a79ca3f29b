using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Status;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.AspNetCore.Channels;

/// <summary>A channel as JSON, as the holder of a token may see it.</summary>
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
    public static ChannelBody Of(Token token, ChannelSnapshot channel) => new(
        StateNames.Of(token.Rights),
        token.ExpiresAt,
        token.UsesLeft,
        channel.NextReceivers,
        token.Rights.HasFlag(TokenRights.Receive) ? [.. channel.Transfers.Select(TransferStatusBody.Of)] : null,
        token.Rights.HasFlag(TokenRights.Receive) ? [.. channel.Recent.Select(TransferStatusBody.Of)] : null);
}
