namespace Beam.Client;

/// <summary>One receiver, in a receipt, a problem or a status, as JSON.</summary>
internal sealed record ReceiverBody(string? State, string? Outcome, long Bytes, string? Error)
{
    public BeamReceiverReceipt ToReceipt() => new(OutcomeNames.Find(Outcome), Bytes, Error);
}
