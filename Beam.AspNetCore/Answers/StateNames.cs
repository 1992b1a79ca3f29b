using Beam.Tokens;
using Beam.Transfers;

namespace Beam.AspNetCore.Answers;

/// <summary>The names of states and rights in JSON and on pages.</summary>
internal static class StateNames
{
    public static string Of(TransferState state) => state switch
    {
        TransferState.WaitingForSender => "waiting-for-sender",
        TransferState.WaitingForReceiver => "waiting-for-receiver",
        TransferState.Streaming => "streaming",
        TransferState.SenderAway => "sender-away",
        TransferState.ReceiverAway => "receiver-away",
        TransferState.Confirming => "confirming",
        _ => "finished",
    };

    public static string Of(SeatState state) => state switch
    {
        SeatState.Receiving => "receiving",
        SeatState.Confirming => "confirming",
        SeatState.Away => "away",
        SeatState.Delivered => "delivered",
        _ => "failed",
    };

    public static string Of(DeliveryStatus delivery) => delivery switch
    {
        DeliveryStatus.Confirmed => "confirmed",
        DeliveryStatus.Sent => "sent",
        _ => "accepted",
    };

    public static IReadOnlyList<string> Of(TokenRights rights) =>
    [
        .. new[] { (TokenRights.Send, "send"), (TokenRights.Receive, "receive") }
            .Where(right => rights.HasFlag(right.Item1))
            .Select(right => right.Item2),
    ];
}
