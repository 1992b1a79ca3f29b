namespace Beam.Transfers;

/// <summary>What comes of a receiver's own word.</summary>
/// <param name="Answer">What the receiver is told.</param>
/// <param name="Seat">The seat that it is about; <see langword="null"/> when it changes nothing.</param>
/// <param name="Delivery">What is known with it of the bytes at that receiver's end.</param>
internal readonly record struct OwnWord(TransferError Answer, ReceiverSeat? Seat = null, DeliveryStatus Delivery = DeliveryStatus.None)
{
    /// <summary>Gets how the receiver's part ends with it: without a digest to compare with, as well as its connection has told.</summary>
    public TransferError PartError => Answer == TransferError.DigestMismatch ? Answer : TransferError.None;
}
