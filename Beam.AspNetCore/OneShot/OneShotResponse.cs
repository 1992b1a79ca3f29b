using System.Text;
using Beam.AspNetCore.Delivery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Beam.AspNetCore.OneShot;

/// <summary>An answer that starts before the outcome is known and grows line by line, while the relay still reads the request.</summary>
internal sealed class OneShotResponse : IDisposable
{
    // A client that does not read the last line in this time will not read it.
    private static readonly TimeSpan LastLineTime = TimeSpan.FromSeconds(2);

    // The client's system has the line by then. But a program that is busy sending may learn of the end before it reads on, and drop the
    // line.
    private static readonly TimeSpan ReadingTime = TimeSpan.FromMilliseconds(250);

    private readonly HttpContext _context;
    private readonly TimeProvider _timeProvider;
    private readonly ClientConnection? _connection;
    private readonly SentStream? _stream;
    private Task _written = Task.CompletedTask;
    private long _bytes;

    // Set when some lines could not be written: an answer with a gap must not end well.
    private bool _hasGap;

    /// <summary>Begins an answer of which nothing has been sent.</summary>
    public OneShotResponse(HttpContext context, TimeProvider timeProvider)
    {
        _context = context;
        _timeProvider = timeProvider;
        _connection = context.Features.Get<ClientConnection>();
        _stream = context.Features.Get<IHttp2StreamIdFeature>() is { } id ? _connection?.Http2.Follow(id.StreamId) : null;
    }

    /// <summary>Adds lines, unless the client has not yet taken the lines before: then it does not need them.</summary>
    public void TryAdd(string lines)
    {
        if (_written.IsCompletedSuccessfully)
        {
            _written = WriteAsync(Encoding.UTF8.GetBytes(lines));
        }
    }

    /// <summary>Ends the answer well.</summary>
    public Task EndAsync(string lastLine) => TryAddLastAsync(lastLine);

    /// <summary>
    /// Ends the answer with the reason of a failure, and breaks the connection: the status, which went out long before, said success.
    /// </summary>
    public async Task BreakAsync(string lastLine)
    {
        // Breaking destroys what is on its way.
        if (await TryAddLastAsync(lastLine) && _connection is not null)
        {
            long? end = _connection.WrittenBytes;
            using var enough = new CancellationTokenSource();
            var limit = Task.Delay(LastLineTime, _timeProvider, enough.Token);
            await new AcknowledgementWaiter(_connection, _timeProvider).WaitAsync(
                () => _stream is null ? end : _stream.PositionOf(_bytes, withEnd: false),
                isLost: static isClosed => isClosed,
                limit);
            await enough.CancelAsync();
            await Task.Delay(ReadingTime, _timeProvider);
        }

        _context.Abort();
    }

    public void Dispose()
    {
        if (_stream is not null)
        {
            _connection!.Http2.Forget(_stream);
        }
    }

    private async Task<bool> TryAddLastAsync(string line)
    {
        using var enough = new CancellationTokenSource();
        var limit = Task.Delay(LastLineTime, _timeProvider, enough.Token);
        if (await Task.WhenAny(_written, limit) == _written)
        {
            TryAdd(line);
        }

        var isWritten = await Task.WhenAny(_written, limit) == _written;
        await enough.CancelAsync();
        if (isWritten)
        {
            // What the server does not expect is thrown here, and ends the answer badly.
            await _written;
        }

        if (isWritten && !_hasGap && !_context.RequestAborted.IsCancellationRequested)
        {
            return true;
        }

        _context.Abort();
        return false;
    }

    private async Task WriteAsync(byte[] bytes)
    {
        try
        {
            _bytes += bytes.Length;
            await _context.Response.BodyWriter.WriteAsync(bytes, CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone.
            _hasGap = true;
        }
    }
}
