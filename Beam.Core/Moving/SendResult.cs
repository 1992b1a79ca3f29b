namespace Beam.Transfers;

/// <summary>What became of one sender's body.</summary>
/// <param name="Error">Why the sender was cut or the transfer failed, or <see cref="TransferError.None"/>.</param>
/// <param name="Offset">Up to where the relay has the file, in bytes: where a further sender continues.</param>
/// <param name="Outcome">
/// How the transfer ended, or <see langword="null"/> when it has not: then this sender's part is over, and a further sender may continue.
/// </param>
public sealed record SendResult(TransferError Error, long Offset, TransferOutcome? Outcome)
{
    /// <summary>
    /// Gets until when the relay holds the file for its receivers, if the sender has handed it in; otherwise <see langword="null"/>.
    /// </summary>
    public DateTimeOffset? HandedInUntil { get; init; }
}
