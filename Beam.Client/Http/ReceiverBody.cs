namespace Beam.Client;

/// <summary>One receiver, in a receipt, a problem or a status, as JSON.</summary>
internal sealed record ReceiverBody(string? State, string? Outcome, long Bytes, string? Error)
{
    /// <summary>What became of receivers. A server may be anybody's, and its list may have gaps.</summary>
    public static BeamReceiverReceipt[] ToReceipts(IReadOnlyList<ReceiverBody?>? receivers)
        =>
        [
            .. (receivers ?? []).OfType<ReceiverBody>()
                .Select(static receiver => new BeamReceiverReceipt(OutcomeNames.Find(receiver.Outcome), receiver.Bytes, receiver.Error)),
        ];
}
