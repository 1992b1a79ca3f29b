using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Beam.Client;

/// <summary>Reads the server-sent events of one transfer, over as many connections as it takes.</summary>
internal sealed class EventFeed(BeamHttp http, BeamLink link) : IAsyncDisposable
{
    private readonly BackOff _backOff = new(http.Options);
    private HttpResponseMessage? _response;
    private EventBytes? _bytes;
    private IAsyncEnumerator<SseItem<StatusBody?>>? _events;

    /// <summary>Waits for the next event.</summary>
    /// <returns><see langword="null"/> when no more will come.</returns>
    public async Task<StatusBody?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (_events is null && !await TryOpenAsync(cancellationToken).ConfigureAwait(false))
                {
                    return null;
                }

                while (await _events!.MoveNextAsync().ConfigureAwait(false))
                {
                    _bytes!.BeginNext();
                    if (_events.Current.Data is { } status)
                    {
                        _backOff.NoteProgress();
                        return status;
                    }
                }

                // The server ends the events only after the outcome.
                throw BeamHttp.Broken();
            }
            catch (BeamException exception) when (exception.IsPassing)
            {
                await CloseAsync().ConfigureAwait(false);
                await _backOff.WaitAsync(exception, cancellationToken).ConfigureAwait(false);
            }
            catch (JsonException exception)
            {
                throw BeamHttp.NotBeam(_response!, exception);
            }
            catch (Exception exception) when (BeamHttp.IsTransport(exception, cancellationToken))
            {
                await CloseAsync().ConfigureAwait(false);
                await _backOff.WaitAsync(BeamHttp.Broken(exception), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    private async Task<bool> TryOpenAsync(CancellationToken cancellationToken)
    {
        using var request = http.Request(HttpMethod.Get, link.Url, "?events", acceptsJson: false);
        request.Headers.Accept.ParseAdd("text/event-stream, application/problem+json;q=0.5");
        _response = await http.AskAsync(request, cancellationToken).ConfigureAwait(false);
        if (_response.StatusCode == HttpStatusCode.NoContent)
        {
            return false;
        }

        if (_response.StatusCode != HttpStatusCode.OK)
        {
            throw await http.RefusedAsync(_response, cancellationToken).ConfigureAwait(false);
        }

        var stream = await _response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        _bytes = new EventBytes(stream, http.Options, cancellationToken);
        _events = SseParser.Create(_bytes, Read).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        return true;
    }

    private static StatusBody? Read(string type, ReadOnlySpan<byte> data)
        => type is "state" or "progress" or "outcome" ? JsonSerializer.Deserialize(data, WireJson.Default.StatusBody) : null;

    private async Task CloseAsync()
    {
        if (_events is { } events)
        {
            _events = null;
            await events.DisposeAsync().ConfigureAwait(false);
        }

        _bytes?.Dispose();
        _response?.Dispose();
        (_bytes, _response) = (null, null);
    }
}
