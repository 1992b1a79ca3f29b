using System.Text.Json.Serialization;

namespace Beam.AspNetCore.Status;

/// <summary>Where a transfer stands, as JSON, for watchers: the status, and how fast the transfer is.</summary>
internal sealed record LiveStatusBody : TransferStatusBody
{
    public LiveStatusBody(TransferStatusBody status)
        : base(status)
    {
    }

    /// <summary>
    /// Gets how fast bytes go to the receiver or, while nobody receives, come from the sender. Null when nothing flows, or when the rate is
    /// not known yet.
    /// </summary>
    [JsonPropertyOrder(1)]
    public long? BytesPerSecond { get; init; }

    /// <summary>Gets how long the rest takes at this rate; null when that is not known.</summary>
    [JsonPropertyOrder(1)]
    public long? SecondsLeft { get; init; }
}
