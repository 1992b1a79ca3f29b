namespace Beam.Transfers;

/// <summary>The outcome of a transfer and how it was at its end, remembered for a while under its name.</summary>
internal sealed record RetainedOutcome(
    BeamChannel Channel,
    string Name,
    TransferOutcome Outcome,
    TransferSnapshot Last,
    DateTimeOffset ForgottenAt)
{
    /// <summary>Gets what the receivers called themselves that had confirmed the file at the end of the transfer.</summary>
    public required IReadOnlyList<string?> Confirmed { get; init; }

    public TransferStatus ToStatus() => new(Name, Last, Outcome);

    /// <summary>Answers a receiver that confirms once more, or too late. It changes nothing any more.</summary>
    public TransferError AnswerToConfirmation(string? id, ReadOnlySpan<byte> sha256)
        => id is null && Outcome.Receivers.Count > 1 ? TransferError.UnnamedReceiver
            : Confirmed.Contains(id) && Outcome.Sha256 is { } known && known.Span.SequenceEqual(sha256) ? TransferError.None
            : TransferError.UnknownName;
}
