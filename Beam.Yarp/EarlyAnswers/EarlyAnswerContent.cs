using System.Net;

namespace Beam.Yarp.EarlyAnswers;

/// <summary>
/// A body that the client believes to be empty and in chunks, so that it turns to the answer at once. Meanwhile the real body goes over
/// the same connection, beneath the client.
/// </summary>
internal sealed class EarlyAnswerContent : HttpContent
{
    private readonly HttpContent _content;
    private readonly Action _onReading;
    private readonly TimeProvider _timeProvider;
    private readonly long? _length;
    private readonly CancellationTokenSource _stopping = new();
    private EarlyAnswerConnection? _connection;
    private Task _sending = Task.CompletedTask;

    /// <param name="content">The real body.</param>
    /// <param name="onReading">Called when somebody begins to read it.</param>
    /// <param name="timeProvider">The clock.</param>
    public EarlyAnswerContent(HttpContent content, Action onReading, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _onReading = onReading;
        _content = content;
        _length = content.Headers.ContentLength;
        foreach (var (name, values) in content.Headers.NonValidated)
        {
            // The connection puts it back, in the place of the header that the client writes.
            if (!string.Equals(name, "Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }
    }

    /// <summary>Gets a value indicating whether some of the body has not been sent yet.</summary>
    public bool IsSending => !_sending.IsCompleted;

    public Stream Connect(Stream connection) => _connection = new EarlyAnswerConnection(connection, _length, _timeProvider);

    /// <summary>
    /// Ends the sending where it is. Nobody reads the client's body any more when the task has ended; before, the server could not.
    /// </summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _sending;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _sending = SendAsync(_connection!, context);
        return Task.CompletedTask;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stopping.Cancel();
            _stopping.Dispose();
            _content.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task SendAsync(EarlyAnswerConnection connection, TransportContext? context)
    {
        try
        {
            _onReading();
            using var body = new EarlyAnswerBody(connection, isChunked: _length is null);
            await _content.CopyToAsync(body, context, _stopping.Token);
            await body.EndAsync(_stopping.Token);
            connection.NoteWhole();
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            // The answer that has come can be read to its end.
        }
        catch (Exception)
        {
            // A body that is cut short must not look whole. The answer breaks off too, and its reader tells.
            connection.Dispose();
        }
    }
}
