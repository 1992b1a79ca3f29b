namespace Beam.Transfers;

/// <summary>One receiver of a transfer as it was at one moment.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Bytes">How many bytes of the file its connections have taken.</param>
/// <param name="Error">Why it is away or has failed, or <see cref="TransferError.None"/>.</param>
/// <param name="Delivery">What is known of the bytes at its end.</param>
public sealed record ReceiverSnapshot(SeatState State, long Bytes, TransferError Error, DeliveryStatus Delivery);
