using Beam.Observing;

namespace Beam.Server.Webhooks;

/// <summary>An event as the server posts it.</summary>
/// <param name="Id">What the event is known by when it comes twice. The signature vouches for it.</param>
/// <param name="Event"><c>created</c>, <c>paired</c>, <c>accepted</c>, <c>delivered</c>, <c>failed</c> or <c>expired</c>.</param>
/// <param name="Time">When it happened.</param>
/// <param name="TransferId">The transfer's short id, which is in the log.</param>
/// <param name="ChannelId">The short id of the token that its channel was opened with.</param>
/// <param name="Name">The name of the file.</param>
/// <param name="Bytes">How many bytes its receivers have got so far.</param>
/// <param name="Length">How many there are, if that is known.</param>
/// <param name="Delivery">What is known of the delivery; null unless it was one.</param>
/// <param name="Error">Why it failed; null unless it did.</param>
/// <param name="Receivers">How many receivers have the file; null before the end.</param>
/// <param name="Seconds">How long it took from pairing; null before the end.</param>
internal sealed record WebhookBody(
    string Id,
    string Event,
    DateTimeOffset Time,
    string TransferId,
    string ChannelId,
    string Name,
    long Bytes,
    long? Length,
    string? Delivery,
    string? Error,
    int? Receivers,
    double? Seconds)
{
    public static WebhookBody Of(TransferEvent transferEvent)
    {
        var (transfer, outcome) = (transferEvent.Transfer, transferEvent.Outcome);
        return new WebhookBody(
            IdOf(transferEvent),
            NameOf(transferEvent.Kind),
            transferEvent.Time,
            transfer.Id,
            transferEvent.ChannelId,
            transferEvent.Name,
            transfer.BytesSent,
            transfer.Length,
            outcome is { IsSuccess: true } ? outcome.Delivery.ToString() : null,
            outcome is { IsSuccess: false } ? outcome.Error.ToString() : null,
            outcome?.Receivers.Count(static receiver => receiver.Error == Beam.Transfers.TransferError.None),
            outcome?.Duration.TotalSeconds);
    }

    public static string IdOf(TransferEvent transferEvent) => $"{transferEvent.Transfer.Id}-{NameOf(transferEvent.Kind)}";

    private static string NameOf(TransferEventKind kind) => kind switch
    {
        TransferEventKind.Created => "created",
        TransferEventKind.Paired => "paired",
        TransferEventKind.HandedIn => "accepted",
        TransferEventKind.Delivered => "delivered",
        TransferEventKind.Expired => "expired",
        _ => "failed",
    };
}
