namespace Beam.Client;

/// <summary>The status of a transfer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">
/// <c>waiting</c> when nobody has come yet, <c>waiting-for-sender</c>, <c>waiting-for-receiver</c>, <c>streaming</c>, <c>sender-away</c>,
/// <c>receiver-away</c>, <c>confirming</c> or <c>finished</c>.
/// </param>
/// <param name="BytesReceived">How many bytes have come from the sender.</param>
/// <param name="BytesSent">How many bytes of the file the fastest receiver has got.</param>
/// <param name="Length">The length of the file; <see langword="null"/> while it is not known.</param>
/// <param name="Receivers">The receivers that have come.</param>
/// <param name="StartedAt">When the first side came; <see langword="null"/> when nobody has come yet.</param>
/// <param name="ExpiresAt">When the present state ends by itself; <see langword="null"/> while bytes may flow.</param>
/// <param name="Outcome">What is known of a transfer that has succeeded; otherwise <see langword="null"/>.</param>
/// <param name="Error">How it has failed; <see langword="null"/> when it has not failed.</param>
/// <param name="ErrorCode">The server's name of the error.</param>
/// <param name="Sha256">The SHA-256 in lower-case hexadecimal letters, if the server has computed it.</param>
public sealed record BeamStatus(
    string Name,
    string State,
    long BytesReceived,
    long BytesSent,
    long? Length,
    IReadOnlyList<BeamReceiverReceipt> Receivers,
    DateTimeOffset? StartedAt,
    DateTimeOffset? ExpiresAt,
    BeamOutcome? Outcome,
    BeamError? Error,
    string? ErrorCode,
    string? Sha256)
{
    private const double MostSeconds = 1e9;

    /// <summary>Gets the recent speed; <see langword="null"/> from <see cref="BeamClient.GetStatusAsync"/>.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>Gets how long it will take at that speed; <see langword="null"/> when that is not known.</summary>
    public TimeSpan? TimeLeft { get; init; }

    /// <summary>Gets a value indicating whether the transfer is over.</summary>
    public bool IsFinished => Outcome is not null || Error is not null;

    internal static BeamStatus Of(StatusBody body, string name) => new(
        body.Name ?? name,
        body.State ?? "",
        body.BytesReceived,
        body.BytesSent,
        body.Length,
        ReceiverBody.ToReceipts(body.Receivers),
        body.StartedAt,
        body.ExpiresAt,
        OutcomeNames.Find(body.Outcome),
        body.Outcome == "failed" ? ErrorNames.Find(body.Error) ?? BeamError.Unexpected : null,
        body.Error,
        body.Sha256)
    {
        BytesPerSecond = body.BytesPerSecond,
        TimeLeft = body.SecondsLeft is >= 0 and < MostSeconds ? TimeSpan.FromSeconds(body.SecondsLeft.Value) : null,
    };
}
