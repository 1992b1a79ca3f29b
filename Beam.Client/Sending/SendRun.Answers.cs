using System.Globalization;
using System.Net;

namespace Beam.Client;

/// <content>What the server's answers mean.</content>
internal sealed partial class SendRun
{
    private async Task<BeamReceipt?> ReadAsync(HttpResponseMessage response, SendPiece piece, CancellationToken cancellationToken)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK or HttpStatusCode.Accepted:
                return await CheckAsync(
                    await BeamHttp.ReadAsync(response, WireJson.Default.ReceiptBody, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

            case HttpStatusCode.Created or HttpStatusCode.NoContent when HttpFields.Integer(response, HttpFields.UploadOffset) is { } next:
                _isBegun = true;
                _limit.Note(HttpFields.MaxAppendBytes(response));
                if (next > _offset)
                {
                    _backOff.NoteProgress();
                }

                return await GoOnAtAsync(next, cancellationToken).ConfigureAwait(false);

            case HttpStatusCode.RequestEntityTooLarge:
                var refused = await http.RefusedAsync(response, cancellationToken).ConfigureAwait(false);
                _limit.Note(HttpFields.MaxAppendBytes(response));
                var isLower = _limit.Bytes < (piece.Length ?? long.MaxValue) || _limit.TryLower(piece.Length);
                throw refused.Code is "too_large" or "over_quota" || !isLower ? refused : BeamHttp.Broken(refused);

            case HttpStatusCode.Conflict when _isResumed:
                var conflict = await http.RefusedAsync(response, cancellationToken).ConfigureAwait(false);
                if (conflict.Code != "no_digest")
                {
                    throw Passing(conflict);
                }

                // The run before has asked for no digest, so nothing can show that it is the same file: from the start.
                _isBegun = _isResumed = false;
                return await GoOnAtAsync(0, cancellationToken).ConfigureAwait(false);

            default:
                throw Passing(await http.RefusedAsync(response, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>The server is asked what it has, and why, when its answer means that it is not what was thought here.</summary>
    private BeamException Passing(BeamException refused) => refused switch
    {
        { Code: "wrong_offset" or "upload_complete" or "gone" or "sender_stalled" or "unknown_name" } when _isBegun => BeamHttp.Broken(refused),
        { Code: "sender_lost" or "sender_stalled" } => BeamHttp.Broken(refused),
        _ => refused,
    };

    /// <summary>Compares what the server says with what was sent.</summary>
    private async Task<BeamReceipt> CheckAsync(ReceiptBody body, CancellationToken cancellationToken)
    {
        if (OutcomeNames.Find(body.Outcome) is not { } outcome)
        {
            throw new BeamException(BeamError.Unexpected, "The server's receipt has no outcome that is known.");
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
            // It has the digest, and tells it only to who asks.
            var status = await _look.TryGetStatusAsync(cancellationToken).ConfigureAwait(false);
            (sha256, expiresAt) = (sha256 ?? status?.Sha256, expiresAt ?? status?.ExpiresAt);
        }

        if (sha256 is not null && sha256 != source.Sha256)
        {
            throw new BeamException(BeamError.DigestMismatch, "The server has passed on other bytes than were sent.");
        }

        BeamReceiverReceipt[] receivers = [.. (body.Receivers ?? []).Select(static receiver => receiver.ToReceipt())];
        return new BeamReceipt(outcome, length, receivers, source.Sha256, sha256 is not null, expiresAt);
    }
}
