namespace Beam.Transfers;

/// <summary>On what terms a receiver joins.</summary>
public sealed record ReceiveTerms
{
    /// <summary>Gets how long to wait for a sender.</summary>
    /// <value>
    /// The default is <see langword="null"/>, which means <see cref="BeamOptions.WaitTimeout"/>. So does anything longer than that.
    /// </value>
    public TimeSpan? Wait { get; init; }

    /// <summary>
    /// Gets the offset from which the receiver wants the bytes because it has those before, or <see langword="null"/> for the whole file.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>. A receiver that wants what comes after bytes that the relay has handed to nobody is refused
    /// as <see cref="TransferError.NothingToResume"/>, and so is every receiver that comes with an offset before the sender.
    /// The range is 0 to <see cref="TransferDescription.LargestLength"/>.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of that range.</exception>
    public long? From
    {
        get;
        init => field = TransferDescription.Check(value, nameof(From));
    }

    /// <summary>
    /// Gets the offset at which the receiver wants to stop, not including it, or <see langword="null"/> for the end of the file.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>. It counts only with <see cref="From"/> and when the length is known. If it is not, a receiver
    /// that wants to stop somewhere gets the whole file from its first byte.
    /// The range is 0 to
    /// <see cref="TransferDescription.LargestLength"/>.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of that range.</exception>
    public long? To
    {
        get;
        init => field = TransferDescription.Check(value, nameof(To));
    }

    /// <summary>
    /// Gets a value indicating whether the receiver will say itself, with the digest of what it got, that it has the file.
    /// </summary>
    /// <value>
    /// The default is <see langword="false"/>. When <see langword="true"/>, the relay waits <see cref="BeamOptions.StallTimeout"/> for
    /// <see cref="BeamChannel.Confirm"/>. Without that, what the connection has told counts, as <see cref="DeliveryStatus.Sent"/> at most.
    /// The relay computes the digest if it knows of this before the first byte comes.
    /// </value>
    public bool Confirms { get; init; }

    /// <summary>Gets what the receiver calls itself when it confirms, so that its word is not taken for another receiver's.</summary>
    /// <value>
    /// The default is <see langword="null"/>, with which <see cref="BeamChannel.Confirm"/> works only for a file that has one receiver. It
    /// counts only with <see cref="Confirms"/>. No two receivers of a file may have the same id.
    /// </value>
    public string? ConfirmationId { get; init; }

    /// <summary>Gets the id of the transfer whose beginning the receiver has, if it knows that id.</summary>
    /// <value>
    /// The default is <see langword="null"/>. With the id of another transfer, <see cref="From"/> does not count. With the right id, the
    /// receiver takes the seat of its predecessor, even if that still seems alive.
    /// </value>
    public string? TransferId { get; init; }
}
