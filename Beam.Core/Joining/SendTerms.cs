using Beam.Accounts;

namespace Beam.Transfers;

/// <summary>On what terms a sender joins.</summary>
public sealed record SendTerms
{
    /// <summary>Gets how long to wait for receivers.</summary>
    /// <value>
    /// The default is <see langword="null"/>, which means <see cref="BeamOptions.WaitTimeout"/>. So does anything longer than that.
    /// </value>
    public TimeSpan? Wait { get; init; }

    /// <summary>Gets how many receivers have to have the file before the transfer has ended well.</summary>
    /// <value>
    /// The default is 1. The range is 1 to <see cref="BeamOptions.MaxReceivers"/>; anything else is refused as
    /// <see cref="TransferError.TooManyReceivers"/>. The first byte decides it. A sender that goes on with a file repeats the number or,
    /// with 1, says nothing of it. Any other number is refused as <see cref="TransferError.TermsChanged"/>.
    /// </value>
    public int Receivers { get; init; } = 1;

    /// <summary>
    /// Gets a value indicating whether the end of the body is the end of the file. Otherwise a further sender continues there.
    /// </summary>
    /// <value>The default is <see langword="true"/>. A body that reaches the declared length ends the file in any case.</value>
    public bool EndsFile { get; init; } = true;

    /// <summary>
    /// Gets a value indicating whether a sender that breaks off may come back within <see cref="BeamOptions.ResumeTimeout"/>.
    /// </summary>
    /// <value>The default is <see langword="true"/>. When <see langword="false"/> the transfer fails at once with its sender.</value>
    public bool MayResume { get; init; } = true;

    /// <summary>Gets the SHA-256 that the whole file has, if the sender says so.</summary>
    /// <value>
    /// The default is <see langword="null"/>. The last byte leaves only when the bytes have this digest; otherwise the transfer fails with
    /// <see cref="TransferError.DigestMismatch"/>. That also holds for bytes that another connection of the sender brings later, which
    /// may repeat the digest. Another digest is refused as <see cref="TransferError.TermsChanged"/> from the first byte on. A sender that
    /// continues a file may be the first to say it only if the relay has computed a digest from the first byte on. Otherwise
    /// <see cref="TransferError.NoDigest"/> is the answer.
    /// </value>
    public ReadOnlyMemory<byte>? Sha256 { get; init; }

    /// <summary>
    /// Gets a value indicating whether the relay is to compute the digest, for the receipt and for receivers that confirm with it.
    /// </summary>
    /// <value>The default is <see langword="false"/>. It counts only with the first byte.</value>
    public bool WantsDigest { get; init; }

    /// <summary>
    /// Gets a value indicating whether the sender leaves as soon as the relay holds the whole file, which then waits for its receivers.
    /// </summary>
    /// <value>
    /// The default is <see langword="false"/>. When <see langword="true"/>, the sender is refused with <see cref="TransferError.NoRoom"/>
    /// if the relay cannot hold the file. The file waits until <see cref="BeamOptions.HandInTimeout"/> has passed or the sender's token has
    /// ended. Of a file that was begun without it the relay may hold only the end. So from the first byte on, a later sender that wants it
    /// is refused with <see cref="TransferError.TermsChanged"/>.
    /// </value>
    public bool HandsIn { get; init; }

    /// <summary>Gets whom the transfer is charged to, from the moment when this sender begins it to its end.</summary>
    /// <value>
    /// The default is <see langword="null"/>: nobody. A sender that goes on with a file is charged with nothing: the charge stays with the
    /// account that began it.
    /// </value>
    public RelayAccount? Account { get; init; }
}
