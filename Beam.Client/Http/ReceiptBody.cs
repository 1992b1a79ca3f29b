namespace Beam.Client;

/// <summary>The answer to a sender, as JSON; also for a file that was handed in.</summary>
internal sealed record ReceiptBody(
    string? Outcome,
    long Bytes,
    IReadOnlyList<ReceiverBody>? Receivers,
    string? Sha256,
    DateTimeOffset? ExpiresAt);
