namespace Beam.Transfers;

/// <summary>The first missed deadline of a transfer. The caller finds it under the lock and acts on it outside.</summary>
/// <param name="Kind">What has missed it.</param>
/// <param name="Error">Why that ends.</param>
/// <param name="Sender">The connection, when it is a sender's.</param>
/// <param name="Receiver">The connection, when it is a receiver's. Another connection may have its seat before it hears of this.</param>
/// <param name="Seat">The seat, when nobody sits there.</param>
internal readonly record struct Overdue(
    OverdueKind Kind,
    TransferError Error = TransferError.None,
    TransferSender? Sender = null,
    TransferReceiver? Receiver = null,
    ReceiverSeat? Seat = null);
