using System.Text.Json.Serialization;

namespace Beam.AspNetCore.Status;

/// <summary>Where a transfer stands, as JSON, for who watches: the status and how fast it goes.</summary>
internal sealed record LiveStatusBody : TransferStatusBody
{
    public LiveStatusBody(TransferStatusBody status)
        : base(status)
    {
    }

    /// <summary>Gets how fast bytes go to the receiver, or come from the sender while nobody receives; null when nothing flows or it is not known yet.</summary>
    [JsonPropertyOrder(1)]
    public long? BytesPerSecond { get; init; }

    /// <summary>Gets how long that takes to its end at this rate; null when that is not known.</summary>
    [JsonPropertyOrder(1)]
    public long? SecondsLeft { get; init; }
}
