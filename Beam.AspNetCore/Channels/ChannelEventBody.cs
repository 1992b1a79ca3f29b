using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Status;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.AspNetCore.Channels;

/// <summary>A channel as JSON, as every token with the same rights may see it.</summary>
/// <param name="Rights">What the token allows.</param>
/// <param name="WaitingReceivers">How many receivers wait for the next file.</param>
/// <param name="Transfers">
/// What waits or runs. Null when the token does not allow to receive, because many people may have the same link for sending.
/// </param>
/// <param name="Recent">What has ended not long ago, the latest first. Null when <paramref name="Transfers"/> is.</param>
internal sealed record ChannelEventBody(
    IReadOnlyList<string> Rights,
    int WaitingReceivers,
    IReadOnlyList<TransferStatusBody>? Transfers,
    IReadOnlyList<TransferStatusBody>? Recent)
{
    public static ChannelEventBody Of(TokenRights rights, ChannelSnapshot channel) => new(
        StateNames.Of(rights),
        channel.NextReceivers,
        rights.HasFlag(TokenRights.Receive) ? [.. channel.Transfers.Select(TransferStatusBody.Of)] : null,
        rights.HasFlag(TokenRights.Receive) ? [.. channel.Recent.Select(TransferStatusBody.Of)] : null);
}
