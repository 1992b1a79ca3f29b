using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;

namespace Beam.AspNetCore.Answers;

/// <summary>Problem details (RFC 9457), with the name of the error for programs.</summary>
internal sealed record Problem(string Title, int Status, string Detail, string? Error)
{
    /// <summary>Gets the registered type of the problem. Most problems have only their status.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Type { get; init; }

    [JsonPropertyName("expected-offset")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ExpectedOffset { get; init; }

    [JsonPropertyName("provided-offset")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ProvidedOffset { get; init; }

    /// <summary>Gets the outcome of each receiver, when there are several.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ReceiverReceipt>? Receivers { get; init; }

    public static Problem Of(Answer answer)
        => new(ReasonPhrases.GetReasonPhrase(answer.Status), answer.Status, answer.Reason, answer.Code)
        {
            Type = ProblemTypes.Find(answer.Code),
            ExpectedOffset = answer.ExpectedOffset,
            ProvidedOffset = answer.ProvidedOffset,
            Receivers = answer.Receivers,
        };
}
