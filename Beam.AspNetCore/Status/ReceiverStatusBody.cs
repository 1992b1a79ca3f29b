using Beam.AspNetCore.Answers;
using Beam.Transfers;

namespace Beam.AspNetCore.Status;

/// <summary>Where one receiver of a transfer stands, as JSON.</summary>
internal sealed record ReceiverStatusBody(string State, long Bytes, string? Outcome, string? Error)
{
    public static ReceiverStatusBody Of(ReceiverSnapshot receiver) => new(
        StateNames.Of(receiver.State),
        receiver.Bytes,
        receiver.State switch
        {
            SeatState.Delivered => StateNames.Of(receiver.Delivery),
            SeatState.Failed => "failed",
            _ => null,
        },
        receiver.Error == TransferError.None ? null : AnswerTable.ForSender(receiver.Error).Code);
}
