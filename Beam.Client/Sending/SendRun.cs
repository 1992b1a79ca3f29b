using System.Runtime.ExceptionServices;

namespace Beam.Client;

/// <summary>
/// Sends one file: a request for all of it, or several; after a broken connection the server is asked where the file goes on. It ends with the
/// server's receipt, or with the reason why there is none.
/// </summary>
internal sealed partial class SendRun(BeamHttp http, BeamLink link, SendSource source, BeamSendOptions options)
{
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

    private void OnHanded(long position)
    {
        Interlocked.Increment(ref _handed);
        _meter.MoveTo(position);
        if (position == source.Length)
        {
            _meter.Enter(BeamStage.Finishing);
        }
    }

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
