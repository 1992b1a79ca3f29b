using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Beam.AspNetCore.Tests.Events;

/// <summary>Watches as a browser does, and hands over one event after the other.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<JsonElement>> _events;

    private EventReader(HttpResponseMessage response, IAsyncEnumerator<SseItem<JsonElement>> events)
    {
        _response = response;
        _events = events;
    }

    public HttpResponseMessage Response => _response;

    public static async Task<EventReader> OpenAsync(HttpClient client, string path, Action<HttpRequestMessage>? prepare = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path)
        {
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
        };
        prepare?.Invoke(request);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).Soon();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var stream = await response.Content.ReadAsStreamAsync();
        var parser = SseParser.Create(stream, static (_, bytes) => JsonElement.Parse(bytes));
        return new EventReader(response, parser.EnumerateAsync().GetAsyncEnumerator());
    }

    /// <summary>The next event; <see langword="null"/> at the end of the stream.</summary>
    public async Task<SseItem<JsonElement>?> TryReadAsync() => await _events.MoveNextAsync().Soon() ? _events.Current : null;

    /// <summary>The next event, which must be of a type.</summary>
    public async Task<JsonElement> ReadAsync(string type)
    {
        var item = await TryReadAsync();
        Assert.Equal(type, item?.EventType);
        return item!.Value.Data;
    }

    /// <summary>Reads until an event of a type says what is wanted.</summary>
    public async Task<JsonElement> ReadUntilAsync(string type, Func<JsonElement, bool> isWanted)
    {
        while (await TryReadAsync() is { } item)
        {
            if (item.EventType == type && isWanted(item.Data))
            {
                return item.Data;
            }
        }

        throw new InvalidOperationException($"The stream ended without the wanted {type}.");
    }

    /// <summary>Everything up to the end of the stream.</summary>
    public async Task<List<SseItem<JsonElement>>> ReadToEndAsync()
    {
        var items = new List<SseItem<JsonElement>>();
        while (await TryReadAsync() is { } item)
        {
            items.Add(item);
        }

        return items;
    }

    public ValueTask DisposeAsync()
    {
        // Not the enumerator: where it waits for the next event, only the end of the connection ends it.
        _response.Dispose();
        return ValueTask.CompletedTask;
    }
}
