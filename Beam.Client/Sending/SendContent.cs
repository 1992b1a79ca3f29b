using System.Net;

namespace Beam.Client;

/// <summary>The body of one attempt: a part of the source, in the length that it has or in chunks.</summary>
/// <param name="source">What is sent.</param>
/// <param name="offset">From where.</param>
/// <param name="most">How many bytes at most.</param>
/// <param name="length">How many bytes exactly, if that is known.</param>
/// <param name="onRead">Told up to where the source has been handed to the connection.</param>
internal sealed class SendContent(SendSource source, long offset, long most, long? length, Action<long> onRead) : HttpContent
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private Task _copy = Task.CompletedTask;
    private bool _isStopped;
    private volatile bool _isWaiting;

    /// <summary>Gets a value indicating whether the source has nothing to send just now. The connection then tells nothing either.</summary>
    public bool IsWaiting => _isWaiting;

    /// <summary>Ends the copying, whatever the connection does: the source may be read elsewhere afterwards.</summary>
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

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // A connection that comes to the body only after the attempt was given up gets none of it.
            return _isStopped ? Task.FromCanceled(new CancellationToken(canceled: true)) : _copy = CopyAsync(stream, cancellationToken);
        }
    }

    protected override void Dispose(bool disposing)
    {
        // The copy may still hold the token when the request is disposed; a source without a timer has nothing to free.
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
                // Nobody knows when more comes: what is here does not wait for it in a buffer of the connection.
                await stream.FlushAsync(either.Token).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Lets what is there go while more is waited for: the content may come slowly.</summary>
    private static async Task FlushAsync(Stream stream, Task reading, CancellationTokenSource either)
    {
        try
        {
            await stream.FlushAsync(either.Token).ConfigureAwait(false);
        }
        catch
        {
            // The next attempt must find nobody reading.
            await either.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }
}
