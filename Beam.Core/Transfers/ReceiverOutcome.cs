namespace Beam.Transfers;

/// <summary>How a transfer ended for one of its receivers.</summary>
/// <param name="Error">Why it has not got the file, or <see cref="TransferError.None"/>.</param>
/// <param name="Delivery">What is known of the bytes at its end; <see cref="DeliveryStatus.None"/> when it failed.</param>
/// <param name="Bytes">How many bytes of the file its connections had taken.</param>
public sealed record ReceiverOutcome(TransferError Error, DeliveryStatus Delivery, long Bytes);
