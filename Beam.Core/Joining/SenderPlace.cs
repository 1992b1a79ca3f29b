namespace Beam.Transfers;

/// <summary>Where a sender may begin a file, as one look under the channel's lock has found it. Nothing has changed.</summary>
/// <param name="Error">Why it may not, or <see cref="TransferError.None"/>.</param>
internal readonly record struct SenderPlace(TransferError Error)
{
    /// <summary>Gets the transfer in which receivers wait for a sender, if there is one.</summary>
    public Transfer? Existing { get; init; }

    /// <summary>Gets the transfer of a sender that broke off before its first byte, if there is one: it begins anew.</summary>
    public Transfer? Untouched { get; init; }

    /// <summary>Gets the transfer of a sender that broke off later, if there is one: it ends, and another one begins.</summary>
    public Transfer? Replaced { get; init; }

    /// <summary>Gets the seat that another sender has, or has not quite left; after a change of it another try makes sense.</summary>
    public TakenSeat? Taken { get; init; }
}
