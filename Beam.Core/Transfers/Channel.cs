using System.Collections.ObjectModel;

namespace Beam.Transfers;

/// <summary>What a token opens: the transfers that move through it, by name. All tokens that are made from each other have the same.</summary>
/// <remarks>
/// One lock guards the channel, the uses of its tokens and the state of its transfers, so that a join, an end and a revocation never see each
/// other half done. No byte passes under it.
/// </remarks>
public sealed class Channel
{
    private int _tokenCount;
    private int _tokenVersion;

    internal Channel()
    {
    }

    /// <summary>Gets a short public name for logs and listings: the id of the token that it was opened with.</summary>
    public string Id { get; internal set; } = "";

    /// <summary>Gets what the application noted when the channel was opened; empty if it noted nothing.</summary>
    public IReadOnlyDictionary<string, string> Origin { get; internal init; } = ReadOnlyDictionary<string, string>.Empty;

    internal Lock Lock { get; } = new();

    /// <summary>Gets a number that changes after the channel has got a further token, or has lost one that was revoked.</summary>
    internal int TokenVersion => Volatile.Read(ref _tokenVersion);

    /// <summary>Gets the transfers that wait or run.</summary>
    internal Dictionary<string, Transfer> Transfers { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the outcomes that are still remembered.</summary>
    internal Dictionary<string, RetainedOutcome> Outcomes { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the receivers that wait for whatever comes next, in the order of their arrival.</summary>
    internal LinkedList<NextReceiver> NextReceivers { get; } = new();

    internal void NoteTokensChanged() => Interlocked.Increment(ref _tokenVersion);

    /// <summary>Counts a further live token, or one less.</summary>
    /// <returns>How many there are now.</returns>
    internal int CountToken(int difference) => Interlocked.Add(ref _tokenCount, difference);

    /// <summary>
    /// Finds what a receiver that takes anything may get: first what nobody has taken, the oldest first, then what a receiver has broken off.
    /// </summary>
    internal IReadOnlyList<Transfer> FindNext_NeedsLock() =>
    [
        .. Transfers.Values
            .Where(static transfer => transfer.IsOnOffer_NeedsLock)
            .OrderByDescending(static transfer => transfer.HasFreeSeat_NeedsLock)
            .ThenBy(static transfer => transfer.OfferedSince_NeedsLock),
    ];

    /// <summary>Counts the transfers that wait for their other side.</summary>
    internal int CountWaiting_NeedsLock()
    {
        var count = 0;
        foreach (var transfer in Transfers.Values)
        {
            count += transfer.IsWaiting_NeedsLock() ? 1 : 0;
        }

        return count;
    }
}
