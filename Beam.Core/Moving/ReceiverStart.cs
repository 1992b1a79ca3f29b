namespace Beam.Transfers;

/// <summary>Where a receiver's connection begins, decided when it gets its seat.</summary>
/// <param name="From">The offset of its first byte.</param>
/// <param name="To">Where the receiver wants to stop, exclusive; <see langword="null"/> for the end of the file.</param>
internal readonly record struct ReceiverStart(long From, long? To)
{
    /// <summary>Decides it, under the channel's lock.</summary>
    /// <param name="content">The file.</param>
    /// <param name="isBegun">Whether the sender has come, so that its length is known if it has said it.</param>
    /// <param name="terms">What the receiver asks for.</param>
    public static ReceiverStart Of(TransferContent content, bool isBegun, ReceiveTerms terms)
    {
        // A response's head says where its bytes end, or that they go to the end of the file. As long as that end is not known, it cannot
        // say whether a range with an end of its own is all of the rest, or a piece.
        var isIgnored = terms.From is null || (isBegun && terms.To is not null && content.Length is null);
        return isIgnored ? default : new ReceiverStart(terms.From ?? 0, terms.To);
    }
}
