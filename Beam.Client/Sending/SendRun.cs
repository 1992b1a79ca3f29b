using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;

namespace Beam.Client;

/// <summary>
/// Sends one file: a request for all of it, or several; after a broken connection the server is asked where the file goes on. It ends with the
/// server's receipt, or with the reason why there is none.
/// </summary>
internal sealed class SendRun(BeamHttp http, BeamLink link, SendSource source, BeamSendOptions options)
{
    // Below this, asking first costs more than a refused body.
    private const long AskedFirstBytes = 1024 * 1024;

    // While the source has nothing to send, no write fails and HttpClient reads no answer: how soon it is heard then that the transfer is over.
    private static readonly TimeSpan QuietInterval = TimeSpan.FromSeconds(2);

    private static readonly MediaTypeHeaderValue Piece = new("application/partial-upload");

    private readonly BackOff _backOff = new(http.Options);
    private readonly ProgressMeter _meter = new(options.Progress, http.TimeProvider);
    private readonly TransferLook _look = new(http, link);
    private readonly PieceLimit _limit = new(options.MaxPieceBytes);
    private ReadOnlyMemory<byte>? _sha256 = options.Sha256;

    // The transfer that was there before ours began: its outcome is not ours.
    private DateTimeOffset? _foreign;
    private bool _isBegun;
    private bool _isResumed;
    private long _offset;
    private long _handed;

    public async Task<BeamReceipt> RunAsync(CancellationToken cancellationToken)
    {
        _meter.SetTotal(source.Length);
        _meter.Enter(BeamStage.Waiting);
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

        _meter.Enter(BeamStage.Done);
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
            catch (BeamException exception) when (exception.IsPassing)
            {
                _meter.Enter(BeamStage.Reconnecting);
                await _backOff.WaitAsync(exception, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Finds out what is under that name already, and what the server takes in one request.</summary>
    private async Task<BeamReceipt?> PrepareAsync(CancellationToken cancellationToken)
    {
        _limit.Note(await _look.GetLimitAsync(cancellationToken).ConfigureAwait(false));
        if (await _look.GetStatusAsync(cancellationToken).ConfigureAwait(false) is not { State: not "waiting-for-sender" } there)
        {
            return null;
        }

        _foreign = there.StartedAt;

        // An earlier run that is dead may seem connected: with the receiver away nothing is read of its connection, its end neither. The server cuts it.
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
            return await GoOnAtAsync(heldTo, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    private async Task<BeamReceipt?> SendOnceAsync(CancellationToken cancellationToken)
    {
        var piece = SendPiece.Next(_offset, source.Length, _limit.Bytes);
        using var content = new SendContent(source, piece.Offset, piece.Most, piece.Length, OnHanded);
        using var request = Request(piece, content);
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = WatchAsync(content, attempt);
        try
        {
            using var response = await http.SendAsync(request, attempt.Token).ConfigureAwait(false);
            return await ReadAsync(response, piece, attempt.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested && source.Failure is null)
        {
            throw BeamHttp.Broken(exception);
        }
        catch (Exception) when (source.Failure is not null)
        {
            await content.StopAsync().ConfigureAwait(false);
            await GiveUpAsync().ConfigureAwait(false);
            ExceptionDispatchInfo.Throw(source.Failure);
            throw;
        }
        finally
        {
            await content.StopAsync().ConfigureAwait(false);
            await attempt.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Asks the server while nothing moves: every few seconds whether the transfer is over if the source has nothing to send, and now and then whether the
    /// connection is dead without a word. An attempt that the server knows nothing of any more is given up.
    /// </summary>
    private async Task WatchAsync(SendContent content, CancellationTokenSource attempt)
    {
        var time = http.TimeProvider;
        var idle = http.Options.IdleTimeout;
        var interval = idle < QuietInterval ? idle : QuietInterval;
        var (handed, since) = (Volatile.Read(ref _handed), time.GetTimestamp());
        try
        {
            while (true)
            {
                await Task.Delay(interval, time, attempt.Token).ConfigureAwait(false);
                if (handed != Volatile.Read(ref _handed))
                {
                    (handed, since) = (Volatile.Read(ref _handed), time.GetTimestamp());
                    continue;
                }

                var isIdle = time.GetElapsedTime(since) >= idle;
                if ((isIdle || content.IsWaiting) && await IsOverAsync(countsAway: isIdle, attempt.Token).ConfigureAwait(false))
                {
                    await attempt.CancelAsync().ConfigureAwait(false);
                }

                since = isIdle ? time.GetTimestamp() : since;
            }
        }
        catch (OperationCanceledException)
        {
            // The attempt is over.
        }
    }

    /// <summary>Says whether the server waits for nothing of this attempt any more.</summary>
    /// <param name="countsAway">Whether that is so, too, when it knows no connection of the sender: something on the way may only be slow to pass it on.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    private async Task<bool> IsOverAsync(bool countsAway, CancellationToken cancellationToken)
        => await _look.TryGetStatusAsync(cancellationToken).ConfigureAwait(false) is { } status
            && (_isBegun || status.StartedAt != _foreign)
            && (status.Outcome is not null || (countsAway && status.Sender == "away"));

    private HttpRequestMessage Request(SendPiece piece, SendContent content)
    {
        var request = http.Request(_isBegun ? HttpMethod.Patch : HttpMethod.Put, link.Url, Query());
        request.Content = content;
        request.Headers.ExpectContinue = (piece.Length ?? long.MaxValue) > AskedFirstBytes;
        if (options.HandIn)
        {
            request.Headers.TryAddWithoutValidation("Prefer", "respond-async");
        }

        if (_sha256 is { } sha256)
        {
            request.Headers.TryAddWithoutValidation(HttpFields.ReprDigest, HttpFields.Digest(sha256.Span));
        }

        request.Headers.TryAddWithoutValidation(HttpFields.WantReprDigest, "sha-256=1");
        if (_isBegun)
        {
            content.Headers.ContentType = Piece;
            request.Headers.TryAddWithoutValidation(HttpFields.UploadOffset, piece.Offset.ToString(CultureInfo.InvariantCulture));
        }
        else if (options.ContentType is { } type)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        if (_isBegun || !piece.EndsFile)
        {
            request.Headers.TryAddWithoutValidation(HttpFields.UploadComplete, piece.EndsFile ? HttpFields.Yes : HttpFields.No);
            if (source.Length is { } length)
            {
                request.Headers.TryAddWithoutValidation(HttpFields.UploadLength, length.ToString(CultureInfo.InvariantCulture));
            }
        }

        return request;
    }

    private string Query()
    {
        var wait = options.Wait is { } time ? string.Create(CultureInfo.InvariantCulture, $"wait={Math.Max(1, (long)time.TotalSeconds)}") : null;
        var receivers = options.Receivers != 1 ? string.Create(CultureInfo.InvariantCulture, $"receivers={options.Receivers}") : null;
        var query = string.Join('&', new[] { wait, receivers }.Where(static part => part is not null));
        return query.Length == 0 ? "" : "?" + query;
    }

    private void OnHanded(long position)
    {
        Interlocked.Increment(ref _handed);
        _meter.MoveTo(position);
        if (position == source.Length)
        {
            _meter.Enter(BeamStage.Finishing);
        }
    }

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

    /// <summary>Asks the server what has become of the transfer.</summary>
    private async Task<BeamReceipt?> LocateAsync(CancellationToken cancellationToken)
    {
        var status = await _look.GetStatusAsync(cancellationToken).ConfigureAwait(false);
        if (status is null or { State: "waiting-for-sender" })
        {
            if (_isBegun)
            {
                throw new BeamException(BeamError.Gone, "The server does not know the transfer any more; what has become of it is not known.");
            }

            return await GoOnAtAsync(0, cancellationToken).ConfigureAwait(false);
        }

        if (!_isBegun && status.StartedAt == _foreign)
        {
            // Nothing of ours has arrived.
            return await GoOnAtAsync(0, cancellationToken).ConfigureAwait(false);
        }

        _isBegun = true;
        if (status.Outcome is not null)
        {
            return await CheckAsync(TransferLook.Receipt(status), cancellationToken).ConfigureAwait(false);
        }

        if (status.State is "waiting-for-receiver" or "receiver-away" or "confirming" || status.HeldTo == source.Length)
        {
            _backOff.NoteLife();
        }

        if (status.HeldTo > _offset)
        {
            _backOff.NoteProgress();
        }

        return await GoOnAtAsync(status.HeldTo ?? 0, cancellationToken).ConfigureAwait(false);
    }

    private async Task<BeamReceipt?> GoOnAtAsync(long offset, CancellationToken cancellationToken)
    {
        if (offset > source.ReadTo)
        {
            throw new BeamException(BeamError.Replaced, "Another sender's file is under this name now.");
        }

        if (offset < source.ReplayableFrom)
        {
            await GiveUpAsync().ConfigureAwait(false);
            throw new BeamException(BeamError.NotReplayable, "The connection broke, and what the server has not got is not kept here any more.");
        }

        _offset = offset;
        if (options.HandIn && _isBegun && offset == source.Length && await _look.IsHandedInAsync(cancellationToken).ConfigureAwait(false))
        {
            return await CheckAsync(new ReceiptBody("accepted", offset, Receivers: null, Sha256: null, ExpiresAt: null), cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

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
            // The server finds out itself, later.
        }
    }
}
