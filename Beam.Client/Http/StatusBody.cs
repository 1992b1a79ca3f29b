namespace Beam.Client;

/// <summary>The status of a transfer, as JSON.</summary>
internal sealed record StatusBody(
    string? Name,
    string? State,
    long BytesReceived,
    long BytesSent,
    long? Length,
    long? HeldFrom,
    long? HeldTo,
    IReadOnlyList<ReceiverBody>? Receivers,
    string? Sender,
    DateTimeOffset? StartedAt,
    DateTimeOffset? ExpiresAt,
    string? Outcome,
    string? Error,
    string? Sha256,
    double? BytesPerSecond,
    double? SecondsLeft);
