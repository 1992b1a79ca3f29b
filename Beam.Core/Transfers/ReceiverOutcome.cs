namespace Beam.Transfers;

/// <summary>How a transfer ended for one of its receivers.</summary>
/// <param name="Error">Why it has not got the file, or <see cref="TransferError.None"/>.</param>
/// <param name="Delivery">What is known of the bytes at its end; <see cref="DeliveryStatus.None"/> when it failed.</param>
/// <param name="Bytes">Up to which offset its connection had taken the file.</param>
public sealed record ReceiverOutcome(TransferError Error, DeliveryStatus Delivery, long Bytes);
