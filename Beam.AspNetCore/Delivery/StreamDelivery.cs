using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Beam.AspNetCore.Delivery;

/// <summary>Follows a response over HTTP/2 until its receiver's system has it.</summary>
internal sealed class StreamDelivery : IDisposable
{
    private readonly HttpContext _context;
    private readonly ClientConnection _connection;
    private readonly SentStream _stream;
    private Task _flush = Task.CompletedTask;
    private volatile bool _isBrokenOff;

    private StreamDelivery(HttpContext context, ClientConnection connection, SentStream stream)
    {
        _context = context;
        _connection = connection;
        _stream = stream;
    }

    /// <summary>Begins to follow a response of which nothing has been sent.</summary>
    /// <returns><see langword="null"/> when a middleware hides the connection.</returns>
    public static StreamDelivery? TryBegin(HttpContext context, ClientConnection connection)
    {
        if (!connection.Http2.IsHttp2 || context.Features.Get<IHttp2StreamIdFeature>() is not { } id)
        {
            return null;
        }

        var delivery = new StreamDelivery(context, connection, connection.Http2.Follow(id.StreamId));
        context.Response.RegisterForDispose(delivery);
        return delivery;
    }

    /// <summary>A number that grows while the client takes bytes of this response.</summary>
    public long Progress() => _connection.Progress(_stream);

    /// <summary>
    /// Waits until the client's system has acknowledged that many bytes of the body. Call it before the end of the response is written.
    /// </summary>
    /// <param name="bytes">How many; all have been written.</param>
    /// <param name="given">Ends the wait.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <returns><see langword="false"/> when the client has left before, or <paramref name="given"/> has ended.</returns>
    public Task<bool> WaitForBodyAsync(long bytes, Task given, TimeProvider timeProvider)
        => WaitAsync(bytes, withEnd: false, isClosed => isClosed || IsBrokenOff(), given, timeProvider);

    /// <summary>Waits in the same way after the end of the response, which takes no room in a window.</summary>
    public Task<bool> WaitForAsync(long bytes, bool withEnd, Task given, TimeProvider timeProvider)
        => WaitAsync(bytes, withEnd, static isClosed => isClosed, given, timeProvider);

    public void Dispose() => _connection.Http2.Forget(_stream);

    private Task<bool> WaitAsync(long bytes, bool withEnd, Func<bool, bool> isOver, Task given, TimeProvider timeProvider)
        => new AcknowledgementWaiter(_connection, timeProvider).WaitAsync(
            () => _stream.PositionOf(bytes, withEnd),
            isClosed => isOver(isClosed) && !_stream.Has(bytes, withEnd),
            given);

    /// <summary>
    /// Says whether the client has broken the response off. Once the whole length is written, the server no longer says so through
    /// RequestAborted, even if bytes still wait for room in the window. A flush tells.
    /// </summary>
    private bool IsBrokenOff()
    {
        if (_flush.IsCompleted)
        {
            _flush = FlushAsync();
        }

        return _isBrokenOff;
    }

    private async Task FlushAsync()
    {
        try
        {
            var flushed = await _context.Response.BodyWriter.FlushAsync(CancellationToken.None);
            _isBrokenOff = flushed.IsCompleted;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            _isBrokenOff = true;
        }
    }
}
