using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Sending;
using Beam.Transfers;

namespace Beam.AspNetCore.Status;

/// <summary>Where a transfer stands, as JSON.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Where it stands; <c>waiting</c> when nobody has come yet, which only watchers see.</param>
/// <param name="BytesReceived">How many bytes have come from the sender.</param>
/// <param name="BytesSent">How many bytes of the file the receiver with the most bytes has taken.</param>
/// <param name="Length">The length of the file, when it is known.</param>
/// <param name="HeldFrom">
/// The first offset at which a receiver can resume; null when the relay holds nothing, before the transfer has begun or after its end.
/// </param>
/// <param name="HeldTo">The offset at which the sender goes on.</param>
/// <param name="Receivers">The receivers that have come.</param>
/// <param name="Sender"><c>awaited</c>, <c>connected</c>, <c>away</c> or <c>done</c>.</param>
/// <param name="StartedAt">When the first side came; null before that.</param>
/// <param name="ExpiresAt">When the present state ends by itself; null while bytes may flow.</param>
/// <param name="Outcome"><c>confirmed</c>, <c>sent</c>, <c>accepted</c> or <c>failed</c>; null before the end.</param>
/// <param name="Error">Why it has failed.</param>
/// <param name="Sha256">The file's digest in hexadecimal letters, when the relay has computed it.</param>
internal record TransferStatusBody(
    string Name,
    string State,
    long BytesReceived,
    long BytesSent,
    long? Length,
    long? HeldFrom,
    long? HeldTo,
    IReadOnlyList<ReceiverStatusBody> Receivers,
    string Sender,
    DateTimeOffset? StartedAt,
    DateTimeOffset? ExpiresAt,
    string? Outcome,
    string? Error,
    string? Sha256)
{
    public static TransferStatusBody Of(TransferStatus status)
    {
        var transfer = status.Transfer;
        var isHeld = transfer.State is not (TransferState.WaitingForSender or TransferState.Finished);
        var (outcome, error) = status.Outcome switch
        {
            null => (null, null),
            { IsSuccess: true } success => (StateNames.Of(success.Delivery), null),
            { } failure => ("failed", AnswerTable.ForSender(failure.Error).Code),
        };
        return new TransferStatusBody(
            status.Name,
            StateNames.Of(transfer.State),
            transfer.BytesReceived,
            transfer.BytesSent,
            transfer.Length,
            isHeld ? transfer.Held.From : null,
            isHeld ? transfer.Held.To : null,
            [.. transfer.Receivers.Select(ReceiverStatusBody.Of)],
            SenderState(transfer),
            transfer.StartedAt,
            transfer.ExpiresAt,
            outcome,
            error,
            Receipt.Hex(status.Transfer.Sha256));
    }

    /// <summary>The status of a name to which nobody has come yet.</summary>
    /// <param name="name">The name.</param>
    /// <param name="error">Why nobody can come; <see langword="null"/> when somebody can.</param>
    public static TransferStatusBody OfNothing(string name, Answer? error = null) => new(
        name,
        error is null ? "waiting" : StateNames.Of(TransferState.Finished),
        BytesReceived: 0,
        BytesSent: 0,
        Length: null,
        HeldFrom: null,
        HeldTo: null,
        Receivers: [],
        error is null ? "awaited" : "done",
        StartedAt: null,
        ExpiresAt: null,
        error is null ? null : "failed",
        error?.Code,
        Sha256: null);

    private static string SenderState(TransferSnapshot transfer) => transfer switch
    {
        { State: TransferState.WaitingForSender } => "awaited",
        { State: TransferState.Finished } => "done",
        { IsSenderConnected: true } => "connected",
        { Length: { } length } when transfer.BytesReceived == length => "done",
        _ => "away",
    };
}
