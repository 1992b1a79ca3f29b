namespace Beam.Transfers;

/// <summary>How a transfer ended.</summary>
/// <param name="Error">Why it failed, or <see cref="TransferError.None"/>.</param>
/// <param name="Delivery">What is known of the bytes at every receiver's end; <see cref="DeliveryStatus.None"/> when it failed.</param>
/// <param name="Bytes">How many bytes of the file the connections of the receiver with the most bytes had taken.</param>
/// <param name="Duration">From the moment both sides were there until the end.</param>
/// <param name="Receivers">How it ended for each receiver that came, or that was asked for and did not come, in that order.</param>
public sealed record TransferOutcome(
    TransferError Error,
    DeliveryStatus Delivery,
    long Bytes,
    TimeSpan Duration,
    IReadOnlyList<ReceiverOutcome> Receivers)
{
    /// <summary>Gets the length of the file, or <see langword="null"/> when it was not known. Its receivers may have taken less.</summary>
    public long? Length { get; init; }

    /// <summary>Gets the SHA-256 of the whole file, if it was computed; otherwise <see langword="null"/>.</summary>
    public ReadOnlyMemory<byte>? Sha256 { get; init; }

    /// <summary>Gets a value indicating whether every receiver has the file as far as can be known.</summary>
    public bool IsSuccess => Error == TransferError.None;

    /// <summary>Describes a transfer that ends now, under its channel's lock, after every receiver's part has ended.</summary>
    internal static TransferOutcome Of(Transfer transfer, TransferError error) => new(
        error,
        error == TransferError.None ? transfer.Receivers.LeastDelivery : DeliveryStatus.None,
        transfer.Receivers.MostBytes,
        transfer.Clock.Duration,
        [.. transfer.Receivers.All.Select(static seat => new ReceiverOutcome(seat.Error, seat.Delivery, seat.Bytes))])
    {
        Length = transfer.Content.Length,
        Sha256 = transfer.Content.Sha256,
    };
}
