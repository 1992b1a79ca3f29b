using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Beam.Client;

/// <summary>
/// Receives a file: with a request for all of it and, after a broken connection, for the rest of the same transfer. It ends when all bytes
/// are there and the server has not contradicted their digest.
/// </summary>
internal sealed class ReceiveRun(BeamHttp http, BeamLink link, ReceiveTarget target, BeamReceiveOptions options) : IDisposable
{
    private const int BlockBytes = 128 * 1024;

    // No token lives longer.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);

    private readonly BackOff _backOff = new(http.Options);
    private readonly ProgressMeter _meter = new(options.Progress, http.TimeProvider);
    private IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _block = new byte[BlockBytes];

    // Random, so that no other receiver of the file has this id.
    private readonly string _confirmationId = Guid.NewGuid().ToString("N");

    private BeamFile? _file;
    private string? _id;
    private string? _name = link.Name;
    private string? _said;
    private long? _length;
    private long _written;

    // How far it has ever come.
    private long _highest;
    private bool _hasTried;

    // The server believes that the file is on its way to us, and does not know the outcome yet.
    private bool _isClaimed;

    // The sender may have heard that the file is here.
    private bool _isConfirming;

    public async Task<BeamReceivedFile> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_isConfirming)
        {
            // The sender may have heard that the file is here. So it stays, and a later run finds out.
            throw;
        }
        catch (OperationCanceledException) when (options.DiscardWhenCancelled && cancellationToken.IsCancellationRequested)
        {
            await target.DiscardAsync().ConfigureAwait(false);
            await DeclineAsync().ConfigureAwait(false);
            throw;
        }
        catch when (_isClaimed)
        {
            await DeclineAsync().ConfigureAwait(false);
            throw;
        }
    }

    public void Dispose() => _hash.Dispose();

    /// <summary>
    /// Says that the file is not here. HttpClient reads the rest of a small file even if nobody wants it any more, which looks like a
    /// delivery.
    /// </summary>
    private async Task DeclineAsync()
    {
        if (_isClaimed)
        {
            await new Confirmation(http, link.WithName(_name!), _confirmationId).DeclineAsync().ConfigureAwait(false);
        }
    }

    private async Task<BeamReceivedFile> ReceiveAsync(CancellationToken cancellationToken)
    {
        _meter.Enter(BeamStage.Waiting);
        if (await target.FindAsync(_name, cancellationToken).ConfigureAwait(false) is { } found)
        {
            _hash.Dispose();
            (_id, _written, _hash) = found;
        }

        while (!await TryReceiveAsync(cancellationToken).ConfigureAwait(false))
        {
        }

        _meter.Enter(BeamStage.Finishing);
        await target.FlushAsync(cancellationToken).ConfigureAwait(false);
        var sha256 = Convert.ToHexStringLower(_hash.GetCurrentHash());
        var confirmation = new Confirmation(http, link.WithName(_name!), _confirmationId);
        bool isVerified, isConfirmed;
        cancellationToken.ThrowIfCancellationRequested();
        _isConfirming = true;
        try
        {
            (isVerified, isConfirmed) = await confirmation.RunAsync(_hash.GetCurrentHash(), _said, cancellationToken).ConfigureAwait(false);
        }
        catch (BeamException exception) when (exception.Error == BeamError.DigestMismatch)
        {
            _isClaimed = false;
            await target.DiscardAsync().ConfigureAwait(false);
            throw;
        }

        _isClaimed = false;
        var path = await target.PublishAsync().ConfigureAwait(false);
        _meter.Enter(BeamStage.Done);
        return new BeamReceivedFile(_file! with { Length = _written }, path, _written, sha256, isVerified, isConfirmed);
    }

    private async Task<bool> TryReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReceiveOnceAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BeamException exception) when (exception.IsPassing)
        {
            _hasTried = true;
            _meter.Enter(BeamStage.Reconnecting);
            await _backOff.WaitAsync(exception, cancellationToken).ConfigureAwait(false);
            return false;
        }
    }

    private async Task<bool> ReceiveOnceAsync(CancellationToken cancellationToken)
    {
        using var request = Request();
        using var response = await WaitForHeadAsync(request, cancellationToken).ConfigureAwait(false);
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                await BeginAsync(response, cancellationToken).ConfigureAwait(false);
                break;

            case HttpStatusCode.PartialContent
                when _id is not null && response.Content.Headers.ContentRange?.From == _written && ReceivedHead.Id(response) == _id:
                GoOn(response);
                break;

            case HttpStatusCode.PartialContent:
                throw new BeamException(BeamError.Unexpected, "The server has sent another part than the client asked for.")
                {
                    StatusCode = response.StatusCode,
                };

            default:
                return await IsCompleteAsync(response, cancellationToken).ConfigureAwait(false);
        }

        await CopyAsync(response, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Waits until the sender has come. A server says itself when that takes too long. One that does not even do that is waited for no
    /// longer than anybody may be asked to.
    /// </summary>
    private async Task<HttpResponseMessage> WaitForHeadAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var wait = options.Wait < LongestWait ? options.Wait.Value : LongestWait;
        using var watch = new IdleWatch(http.Options, cancellationToken, wait + http.Options.IdleTimeout);
        watch.Restart();
        try
        {
            return await http.SendAsync(request, watch.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw BeamHttp.Broken(exception);
        }
    }

    private HttpRequestMessage Request()
    {
        var wait = options.Wait is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"wait={Math.Max(1, (long)time.TotalSeconds)}")
            : null;
        var url = _name is null ? link.Url : link.WithName(_name).Url;
        var query = string.Join('&', new[] { "confirm=" + _confirmationId, wait }.Where(static part => part is not null));

        // A request for the next file of a channel must not accept JSON: that would ask for the state of the channel.
        var request = http.Request(HttpMethod.Get, url, query.Length == 0 ? "" : "?" + query, acceptsJson: false);
        if (_name is not null)
        {
            request.Headers.Accept.ParseAdd("application/problem+json, */*;q=0.5");
        }

        if (_id is not null)
        {
            // The id of the transfer takes over the seat of our old connection, if the server believes it alive, and never mixes two
            // transfers.
            request.Headers.Range = new RangeHeaderValue(_written, to: null);
            request.Headers.IfRange = new RangeConditionHeaderValue($"\"{_id}\"");
        }

        return request;
    }

    /// <summary>
    /// Takes an answer with the whole file: the first answer, another file than before, or the answer of a proxy that ignores ranges.
    /// </summary>
    private async Task BeginAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var file = ReceivedHead.File(response, _name);
        _name ??= file.Name;
        _isClaimed = true;
        if (_file is not null || _written > 0)
        {
            _hash.GetHashAndReset();
            _written = 0;
        }

        await target.BeginAsync(file, cancellationToken).ConfigureAwait(false);
        (_file, _id, _length) = (file, file.Id, file.Length);
        _said = HttpFields.Digest(response);
        _meter.SetTotal(_length);
    }

    private void GoOn(HttpResponseMessage response)
    {
        _isClaimed = true;
        _file ??= ReceivedHead.File(response, _name);
        _length ??= response.Content.Headers.ContentRange?.Length;
        _said ??= HttpFields.Digest(response);
        _meter.SetTotal(_length);
        _meter.MoveTo(_written);
    }

    private async Task CopyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var body = new IdleWatch(http.Options, cancellationToken);
        var stream = await ReadAsync(() => response.Content.ReadAsStreamAsync(body.Token), cancellationToken).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        while (true)
        {
            body.Restart();
            var count = await ReadAsync(() => stream.ReadAsync(_block, body.Token).AsTask(), cancellationToken).ConfigureAwait(false);
            body.Stop();
            if (count == 0)
            {
                break;
            }

            var bytes = _block.AsMemory(0, count);
            await target.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            _hash.AppendData(bytes.Span);
            _written += count;
            await target.NoteAsync(_written, _hash).ConfigureAwait(false);
            if (_written > _highest)
            {
                // A server that gives the same first bytes again and again does not get further by it.
                _highest = _written;
                _backOff.NoteProgress();
            }

            _meter.MoveTo(_written);
        }

        if (_length is null ? !ReceivedHead.HasCertainEnd(response) : _written != _length)
        {
            throw BeamHttp.Broken();
        }
    }

    private static async Task<T> ReadAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception exception) when (BeamHttp.IsTransport(exception, cancellationToken))
        {
            throw BeamHttp.Broken(exception);
        }
    }

    /// <summary>Takes an answer without content. That is right when everything is already here.</summary>
    private async Task<bool> IsCompleteAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var refused = await http.RefusedAsync(response, cancellationToken).ConfigureAwait(false);
        if (refused.Code == "complete" && (response.Content.Headers.ContentRange?.Length ?? _written) == _written)
        {
            _file ??= Known();
            return true;
        }

        if (refused is { Error: BeamError.AlreadyReceiving } && _hasTried)
        {
            // Most likely our own dead connection, which the server still believes alive.
            throw BeamHttp.Broken(refused);
        }

        if (refused is not { Error: BeamError.Gone } || _name is null)
        {
            throw refused;
        }

        var status = await new StatusQuery(http, link.WithName(_name)).TryGetStatusAsync(cancellationToken).ConfigureAwait(false);
        if (status is not null && IsDelivered(status))
        {
            return true;
        }

        throw status is { Outcome: "failed" } ? StatusQuery.Failed(status) : refused;
    }

    /// <summary>Says whether the file here is the delivered file, of which only the end was not seen.</summary>
    private bool IsDelivered(StatusBody status)
    {
        var isDelivered = _written > 0 && status.Outcome is "confirmed" or "sent"
            && status.Length == _written
            && status.Sha256 == Convert.ToHexStringLower(_hash.GetCurrentHash());
        if (isDelivered)
        {
            _file ??= Known();
        }

        return isDelivered;
    }

    /// <summary>Describes a file that an earlier run has received to its end.</summary>
    private BeamFile Known() => new(_name!, _written, ContentType: null, ContentEncoding: null, _id);
}
