namespace Beam.Transfers;

/// <summary>What comes of a receiver's own word.</summary>
/// <param name="Answer">The answer for the receiver.</param>
/// <param name="Seat">The seat that it is about; <see langword="null"/> when it changes nothing.</param>
/// <param name="Delivery">What is then known of the bytes at that receiver's end.</param>
internal readonly record struct OwnWord(TransferError Answer, ReceiverSeat? Seat = null, DeliveryStatus Delivery = DeliveryStatus.None)
{
    /// <summary>
    /// Gets how the receiver's part ends. Without a digest to compare with it ends well, with what its connection has reported.
    /// </summary>
    public TransferError PartError => Answer == TransferError.DigestMismatch ? Answer : TransferError.None;
}
