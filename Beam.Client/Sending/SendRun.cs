using System.Net;
using System.Runtime.ExceptionServices;

namespace Beam.Client;

/// <summary>
/// Sends a file, in one request or several. After a broken connection it asks the server where the file goes on. It ends with the server's
/// receipt, or with the reason why there is no receipt.
/// </summary>
internal sealed class SendRun(BeamHttp http, BeamLink link, SendSource source, BeamSendOptions options)
{
    private readonly BackOff _backOff = new(http.Options);
    private readonly ProgressMeter _meter = new(options.Progress, http.TimeProvider);
    private readonly SendRequestFactory _requests = new(http, link, source, options);
    private readonly StatusQuery _statusQuery = new(http, link);
    private readonly PieceLimit _limit = new(options.MaxPieceBytes);
    private ReadOnlyMemory<byte>? _sha256 = options.Sha256;

    // When the transfer began that was there before ours. Its outcome is not ours.
    private DateTimeOffset? _foreign;
    private bool _isBegun;
    private bool _isResumed;
    private long _offset;
    private long _furthest;

    public async Task<BeamReceipt> RunAsync(CancellationToken cancellationToken)
    {
        _meter.SetTotal(source.Length);
        _meter.Enter(BeamStage.Waiting);
        try
        {
            var receipt = await SendAsync(cancellationToken).ConfigureAwait(false);
            _meter.Enter(BeamStage.Done);
            return receipt;
        }
        catch (Exception) when (source.Failure is not null)
        {
            await GiveUpAsync().ConfigureAwait(false);
            ExceptionDispatchInfo.Throw(source.Failure);
            throw;
        }
    }

    private async Task<BeamReceipt> SendAsync(CancellationToken cancellationToken)
    {
        var receipt = await RetryAsync(PrepareAsync, cancellationToken).ConfigureAwait(false);
        while (receipt is null)
        {
            try
            {
                receipt = await SendOnceAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (BeamException exception) when (exception.IsPassing && source.Failure is null)
            {
                _meter.Enter(BeamStage.Reconnecting);
                await _backOff.WaitAsync(exception, cancellationToken).ConfigureAwait(false);
                receipt = await RetryAsync(LocateAsync, cancellationToken).ConfigureAwait(false);
            }
        }

        return receipt;
    }

    private async Task<BeamReceipt?> RetryAsync(Func<CancellationToken, Task<BeamReceipt?>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await ask(cancellationToken).ConfigureAwait(false);
            }
            catch (BeamException exception) when (exception.IsPassing && source.Failure is null)
            {
                _meter.Enter(BeamStage.Reconnecting);
                await _backOff.WaitAsync(exception, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Finds out what already has that name, and what the server takes in a request.</summary>
    private async Task<BeamReceipt?> PrepareAsync(CancellationToken cancellationToken)
    {
        _limit.Note(await _statusQuery.GetLimitAsync(cancellationToken).ConfigureAwait(false));
        if (await _statusQuery.GetStatusAsync(cancellationToken).ConfigureAwait(false) is not { State: not "waiting-for-sender" } there)
        {
            return null;
        }

        _foreign = there.StartedAt;

        // An earlier run that is dead may seem connected: while the receiver is away, the server reads nothing of its connection and so
        // does not see its end. The server cuts it.
        if (options.Resume && there is { Outcome: null, HeldTo: { } heldTo } && (there.Length is null || there.Length == source.Length))
        {
            // Content that can be read twice is read now, so that the server sees whether it is the same file before the last byte leaves.
            var isSeekable = source is SeekableSource;
            await source.CatchUpAsync(isSeekable ? source.Length!.Value : heldTo, cancellationToken).ConfigureAwait(false);
            if (isSeekable)
            {
                _sha256 ??= source.Digest;
            }

            _isBegun = _isResumed = true;
            return await GoOnAtAsync(heldTo, isReturning: true, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    private async Task<BeamReceipt?> SendOnceAsync(CancellationToken cancellationToken)
    {
        // What takes several requests ends with a request that says the digest of all that was read, so that the server compares it with
        // what it has passed on before the last byte leaves. The digest is known only now: no second reading, and one request more.
        var endsApart = _isBegun && _sha256 is null;
        var piece = SendPiece.Next(_offset, source.Length, _limit.Bytes, endsApart);
        var sha256 = _sha256;
        if (endsApart && piece.EndsFile)
        {
            await source.CatchUpAsync(source.Length!.Value, cancellationToken).ConfigureAwait(false);
            sha256 = source.Digest;
        }

        var watch = new SendWatch(http, _statusQuery, _isBegun ? null : _foreign);
        using var content = new SendContent(source, piece.Offset, piece.Most, piece.Length, position => OnHanded(position, watch));
        using var request = _requests.Create(piece, content, _isBegun, sha256);
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = watch.RunAsync(content, attempt);
        try
        {
            using var response = await http.SendAsync(request, attempt.Token).ConfigureAwait(false);
            return await ReadAsync(response, piece, attempt.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested && source.Failure is null)
        {
            throw BeamHttp.Broken(exception);
        }
        finally
        {
            await content.StopAsync().ConfigureAwait(false);
            await attempt.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
    }

    /// <summary>Finds out what an answer means for the next request.</summary>
    /// <returns>The receipt; <see langword="null"/> when there is more to send.</returns>
    private async Task<BeamReceipt?> ReadAsync(HttpResponseMessage response, SendPiece piece, CancellationToken cancellationToken)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK or HttpStatusCode.Accepted:
                var body = await http.ReadAsync(response, WireJson.Default.ReceiptBody, cancellationToken).ConfigureAwait(false);
                return await CheckAsync(body, cancellationToken).ConfigureAwait(false);

            case HttpStatusCode.Created or HttpStatusCode.NoContent when HttpFields.Integer(response, HttpFields.UploadOffset) is { } next:
                _isBegun = true;
                _limit.Note(HttpFields.MaxAppendBytes(response));
                var isFurther = TryNoteFurther(next);
                var ended = await GoOnAtAsync(next, isReturning: next < source.ReadTo, cancellationToken).ConfigureAwait(false);

                // A server that takes requests and nothing of them must not be asked again and again without a pause.
                return isFurther || ended is not null ? ended : throw BeamHttp.Broken();

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

                // The earlier run asked for no digest, so nothing can show that it is the same file. Send it from the start.
                _isBegun = _isResumed = false;
                return await GoOnAtAsync(0, isReturning: true, cancellationToken).ConfigureAwait(false);

            default:
                throw Passing(await http.RefusedAsync(response, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>
    /// Turns a refusal that this side did not expect into a broken connection, after which the server is asked what it has.
    /// </summary>
    private BeamException Passing(BeamException refused) => refused switch
    {
        { Code: "wrong_offset" or "upload_complete" or "gone" or "sender_stalled" or "unknown_name" } when _isBegun
            => BeamHttp.Broken(refused),
        { Code: "sender_lost" or "sender_stalled" } => BeamHttp.Broken(refused),
        _ => refused,
    };

    /// <summary>Notes that the server has more of the file than ever before. One that goes back and forth gets no further by it.</summary>
    private bool TryNoteFurther(long position)
    {
        var isFurther = position > _furthest;
        if (isFurther)
        {
            _furthest = position;
            _backOff.NoteProgress();
        }

        return isFurther;
    }

    private void OnHanded(long position, SendWatch watch)
    {
        watch.NoteHanded();
        _meter.MoveTo(position);
        if (position == source.Length)
        {
            _meter.Enter(BeamStage.Finishing);
        }
    }

    /// <summary>Asks the server how far the transfer is, or how it ended.</summary>
    private async Task<BeamReceipt?> LocateAsync(CancellationToken cancellationToken)
    {
        var status = await _statusQuery.GetStatusAsync(cancellationToken).ConfigureAwait(false);
        if (status is null or { State: "waiting-for-sender" })
        {
            if (_isBegun)
            {
                throw new BeamException(BeamError.Gone, "The server no longer knows the transfer, so its outcome is unknown.");
            }

            return await GoOnAtAsync(0, isReturning: true, cancellationToken).ConfigureAwait(false);
        }

        if (!_isBegun && status.StartedAt == _foreign)
        {
            // Nothing of ours has arrived.
            return await GoOnAtAsync(0, isReturning: true, cancellationToken).ConfigureAwait(false);
        }

        _isBegun = true;
        if (status.Outcome is not null)
        {
            return await CheckAsync(StatusQuery.Receipt(status), cancellationToken).ConfigureAwait(false);
        }

        if (status.State is "waiting-for-receiver" or "receiver-away" or "confirming" || status.HeldTo == source.Length)
        {
            _backOff.NoteLife();
        }

        TryNoteFurther(status.HeldTo ?? 0);

        return await GoOnAtAsync(status.HeldTo ?? 0, isReturning: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes where the next request begins.</summary>
    /// <param name="offset">Where the server goes on.</param>
    /// <param name="isReturning">Whether a request has failed before this one, or its bytes were read before.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The receipt, if the server has everything.</returns>
    private async Task<BeamReceipt?> GoOnAtAsync(long offset, bool isReturning, CancellationToken cancellationToken)
    {
        if (offset > source.ReadTo)
        {
            throw new BeamException(BeamError.Replaced, "Another sender's file now has this name.");
        }

        if (offset < source.ReplayableFrom)
        {
            await GiveUpAsync().ConfigureAwait(false);
            throw new BeamException(
                BeamError.NotReplayable,
                "The connection broke, and the bytes that the server has not got are no longer kept here.");
        }

        _offset = offset;
        if (options.HandIn
            && _isBegun
            && offset == source.Length
            && await _statusQuery.IsHandedInAsync(cancellationToken).ConfigureAwait(false))
        {
            var accepted = new ReceiptBody("accepted", offset, Receivers: null, Sha256: null, ExpiresAt: null);
            return await CheckAsync(accepted, cancellationToken).ConfigureAwait(false);
        }

        if (isReturning)
        {
            await source.ReturnToAsync(offset, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    private Task<BeamReceipt> CheckAsync(ReceiptBody body, CancellationToken cancellationToken)
        => ReceiptCheck.CheckAsync(source, _statusQuery, body, cancellationToken);

    /// <summary>Tells the other side at once that no more will come.</summary>
    private async Task GiveUpAsync()
    {
        try
        {
            using var request = http.Request(HttpMethod.Delete, link.Url);
            using var response = await http.AskAsync(request, CancellationToken.None).ConfigureAwait(false);
        }
        catch (BeamException)
        {
            // The server finds out by itself, later.
        }
    }
}
