using System.Globalization;

namespace Beam.Client;

/// <summary>Compares a server's receipt with what was sent.</summary>
internal static class ReceiptCheck
{
    /// <summary>Checks a receipt.</summary>
    /// <param name="source">What was sent.</param>
    /// <param name="statusQuery">Asks the server for what its receipt leaves out.</param>
    /// <param name="body">The server's receipt.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>The receipt.</returns>
    /// <exception cref="BeamException">The server has passed on other bytes than were sent, or its outcome is unknown.</exception>
    public static async Task<BeamReceipt> CheckAsync(
        SendSource source,
        StatusQuery statusQuery,
        ReceiptBody body,
        CancellationToken cancellationToken)
    {
        if (OutcomeNames.Find(body.Outcome) is not { } outcome)
        {
            throw new BeamException(BeamError.Unexpected, "The server's receipt has an unknown outcome.");
        }

        await source.CatchUpAsync(body.Bytes, cancellationToken).ConfigureAwait(false);
        var length = source.Length ?? source.ReadTo;
        if (body.Bytes != length)
        {
            throw new BeamException(
                BeamError.DigestMismatch,
                string.Create(CultureInfo.InvariantCulture, $"The server has passed on {body.Bytes} bytes of {length}."));
        }

        var (sha256, expiresAt) = (body.Sha256, body.ExpiresAt);
        if (outcome == BeamOutcome.Accepted)
        {
            // The server has the digest, but tells it only in its status.
            var status = await statusQuery.TryGetStatusAsync(cancellationToken).ConfigureAwait(false);
            (sha256, expiresAt) = (sha256 ?? status?.Sha256, expiresAt ?? status?.ExpiresAt);
        }

        if (sha256 is not null && sha256 != source.Sha256)
        {
            throw new BeamException(BeamError.DigestMismatch, "The server has passed on other bytes than were sent.");
        }

        var receivers = ReceiverBody.ToReceipts(body.Receivers);
        return new BeamReceipt(outcome, length, receivers, source.Sha256, sha256 is not null, expiresAt);
    }
}
