namespace Beam.Transfers;

/// <summary>The outcome of a transfer and how it was at its end, remembered for a while under its name.</summary>
internal sealed record RetainedOutcome(
    BeamChannel Channel,
    string Name,
    TransferOutcome Outcome,
    TransferSnapshot Last,
    DateTimeOffset ForgottenAt)
{
    public TransferStatus ToStatus() => new(Name, Last, Outcome);
}
