using System.Text.Json.Serialization;
using Beam.Transfers;

namespace Beam.AspNetCore.Answers;

/// <summary>What the relay tells a sender of one receiver.</summary>
internal sealed record ReceiverReceipt(string Outcome, long Bytes)
{
    /// <summary>Gets why the receiver does not have the file.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    public static ReceiverReceipt Of(ReceiverOutcome receiver) => receiver.Error == TransferError.None
        ? new ReceiverReceipt(StateNames.Of(receiver.Delivery), receiver.Bytes)
        : new ReceiverReceipt("failed", receiver.Bytes) { Error = AnswerTable.ForSender(receiver.Error).Code };
}
