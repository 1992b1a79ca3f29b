using System.Diagnostics.CodeAnalysis;
using Beam.Tokens;

namespace Beam.Transfers;

public sealed partial class Relay
{
    // A channel may have seen thousands; who looks is looking for the last ones.
    private const int MostRecent = 50;

    /// <summary>Says where the transfer called <paramref name="name"/> stands, or how the last of that name ended, as long as that is remembered.</summary>
    /// <param name="token">What somebody presented; any right will do.</param>
    /// <param name="name">The name within the token's channel.</param>
    /// <returns>The status, or <see langword="null"/> when there is nothing to tell.</returns>
    [SuppressMessage("Performance", "CA1822", Justification = "A relay is asked, whatever it needs for the answer.")]
    public TransferStatus? FindStatus(Token token, string name)
    {
        ArgumentNullException.ThrowIfNull(token);
        return FindView(token.Channel, name)?.GetStatus();
    }

    /// <summary>
    /// Finds the transfer called <paramref name="name"/>, or the last of that name as long as its outcome is remembered, to look at it again and again.
    /// </summary>
    /// <param name="channel">Where it moves.</param>
    /// <param name="name">The name within the channel.</param>
    /// <returns>A view of that one transfer, also when a later one has taken its name; <see langword="null"/> when there is none.</returns>
    [SuppressMessage("Performance", "CA1822", Justification = "A relay is asked, whatever it needs for the answer.")]
    public TransferView? FindView(Channel channel, string name)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentException.ThrowIfNullOrEmpty(name);
        lock (channel.Lock)
        {
            if (channel.Transfers.TryGetValue(name, out var transfer))
            {
                return new TransferView(transfer);
            }

            return channel.Outcomes.TryGetValue(name, out var past) ? new TransferView(past) : null;
        }
    }

    /// <summary>Describes the channel of <paramref name="token"/> now.</summary>
    /// <param name="token">What somebody presented; who may not receive is not to be shown the names.</param>
    /// <returns>A snapshot.</returns>
    [SuppressMessage("Performance", "CA1822", Justification = "A relay is asked, whatever it needs for the answer.")]
    public ChannelSnapshot GetChannel(Token token)
    {
        ArgumentNullException.ThrowIfNull(token);
        var channel = token.Channel;
        lock (channel.Lock)
        {
            var transfers = channel.Transfers.Values.Select(static transfer => new TransferStatus(transfer.Name, transfer.GetSnapshot_NeedsLock(), Outcome: null));
            return new ChannelSnapshot([.. transfers.OrderBy(static status => status.Transfer.StartedAt)], channel.NextReceivers.Count)
            {
                Recent =
                [
                    .. channel.Outcomes
                        .Where(past => !channel.Transfers.ContainsKey(past.Key))
                        .OrderByDescending(static past => past.Value.ForgottenAt)
                        .Take(MostRecent)
                        .Select(static past => new TransferStatus(past.Key, past.Value.Last, past.Value.Outcome)),
                ],
            };
        }
    }
}
