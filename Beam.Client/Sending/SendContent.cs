using System.Net;

namespace Beam.Client;

/// <summary>The body of an attempt: a part of the source, with a known length or in chunks.</summary>
/// <param name="source">What is sent.</param>
/// <param name="offset">From where.</param>
/// <param name="most">How many bytes at most.</param>
/// <param name="length">How many bytes exactly, if that is known.</param>
/// <param name="onRead">Called with the position up to which the connection gets the source.</param>
internal sealed class SendContent(SendSource source, long offset, long most, long? length, Action<long> onRead) : HttpContent
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private Task _copy = Task.CompletedTask;
    private bool _isStopped;
    private volatile bool _isWaiting;

    /// <summary>
    /// Gets a value indicating whether the source has nothing to send at the moment. Then the connection does not show failures either.
    /// </summary>
    public bool IsWaiting => _isWaiting;

    /// <summary>Ends the copying, whatever the connection does. Afterwards the source may be read elsewhere.</summary>
    public async Task StopAsync()
    {
        Task copy;
        lock (_lock)
        {
            _isStopped = true;
            copy = _copy;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await copy.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length ?? 0;
        return length is not null;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // If the connection asks for the body only after the attempt was given up, it gets none of it.
            return _isStopped ? Task.FromCanceled(new CancellationToken(canceled: true)) : _copy = CopyAsync(stream, cancellationToken);
        }
    }

    protected override void Dispose(bool disposing)
    {
        // The copy may still hold the token when the request is disposed. A source without a timer has nothing to free.
        _stop.Cancel();
        base.Dispose(disposing);
    }

    private async Task CopyAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);

        // The caller holds a lock until there is a task.
        await Task.Yield();
        var position = offset;
        for (var left = length ?? most; left > 0;)
        {
            var reading = source.ReadAsync(position, left, either.Token).AsTask();
            if (!reading.IsCompleted)
            {
                await FlushAsync(stream, reading, either).ConfigureAwait(false);
            }

            _isWaiting = !reading.IsCompleted;
            var bytes = await reading.ConfigureAwait(false);
            _isWaiting = false;
            if (bytes.IsEmpty)
            {
                return;
            }

            position += bytes.Length;
            left -= bytes.Length;
            onRead(position);
            await stream.WriteAsync(bytes, either.Token).ConfigureAwait(false);
            if (length is null)
            {
                // Nobody knows when more comes, so these bytes must not wait in a buffer of the connection.
                await stream.FlushAsync(either.Token).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends the buffered bytes while it waits for more, because the content may come slowly.</summary>
    private static async Task FlushAsync(Stream stream, Task reading, CancellationTokenSource either)
    {
        try
        {
            await stream.FlushAsync(either.Token).ConfigureAwait(false);
        }
        catch
        {
            // No read may be in progress when the next attempt begins.
            await either.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }
}
