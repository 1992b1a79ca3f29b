using System.Diagnostics.CodeAnalysis;
using Beam.Tokens;

namespace Beam.Transfers;

public sealed partial class Relay
{
    /// <summary>A receiver says itself, with the digest of what it got, that it has the file.</summary>
    /// <param name="token">What the receiver presented.</param>
    /// <param name="name">The name within the token's channel.</param>
    /// <param name="sha256">The SHA-256 of what it has got.</param>
    /// <param name="id">The <see cref="ReceiveTerms.ConfirmationId"/> it has come with; <see langword="null"/> if it has none.</param>
    /// <returns>
    /// <see cref="TransferError.None"/>, also when it has said so before; <see cref="TransferError.DigestMismatch"/>, after which this receiver has
    /// failed; <see cref="TransferError.NoDigest"/>; <see cref="TransferError.UnknownName"/> when no receiver waits for that, or not yet;
    /// <see cref="TransferError.UnnamedReceiver"/> when the file has several receivers and <paramref name="id"/> is <see langword="null"/>;
    /// <see cref="TransferError.NotAllowed"/>.
    /// </returns>
    [SuppressMessage("Performance", "CA1822", Justification = "It belongs with the relay's other operations.")]
    public TransferError Confirm(Token token, string name, ReadOnlySpan<byte> sha256, string? id = null)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!token.Rights.HasFlag(TokenRights.Receive))
        {
            return TransferError.NotAllowed;
        }

        Transfer? transfer;
        lock (token.Channel.Lock)
        {
            if (!token.Channel.Transfers.TryGetValue(name, out transfer))
            {
                var isTold = token.Channel.Outcomes.TryGetValue(name, out var past) && past.Outcome is { IsSuccess: true, Sha256: { } known }
                    && known.Span.SequenceEqual(sha256);
                return isTold ? TransferError.None : TransferError.UnknownName;
            }
        }

        return transfer.Confirm(id, sha256);
    }

    /// <summary>A receiver that said that it would confirm says that it has not got the file: its disk is full, say. It counts as broken off.</summary>
    /// <param name="token">What the receiver presented.</param>
    /// <param name="name">The name within the token's channel.</param>
    /// <param name="id">The <see cref="ReceiveTerms.ConfirmationId"/> it has come with.</param>
    /// <returns>
    /// <see cref="TransferError.None"/>; <see cref="TransferError.UnknownName"/> when no such receiver is there; <see cref="TransferError.NotAllowed"/>.
    /// </returns>
    [SuppressMessage("Performance", "CA1822", Justification = "It belongs with the relay's other operations.")]
    public TransferError Decline(Token token, string name, string id)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(id);
        if (!token.Rights.HasFlag(TokenRights.Receive))
        {
            return TransferError.NotAllowed;
        }

        Transfer? transfer;
        lock (token.Channel.Lock)
        {
            token.Channel.Transfers.TryGetValue(name, out transfer);
        }

        return transfer?.TryDecline(id) == true ? TransferError.None : TransferError.UnknownName;
    }
}
