using System.IO.Pipelines;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Delivery;

/// <summary>Finds out what became of a download after its last byte, as far as the connection can tell.</summary>
/// <remarks>
/// A connection over HTTP/1 may be watched to its <see cref="_end"/>, or, when it <see cref="_isKept"/>, until the client gives a sign of itself. One over HTTP/2 goes on, but says when it was given the bytes of its
/// <see cref="_stream"/>. What remains over HTTP/1, such as requests with a body, is judged by what is <see cref="_counted"/>, and other servers not at all.
/// </remarks>
internal sealed class DeliveryWatch
{
    private readonly HttpContext _context;
    private readonly StreamDelivery? _stream;
    private readonly ClientConnection? _counted;
    private readonly EndMeaning _meaning;
    private readonly ClientConnection? _end;
    private readonly bool _isKept;
    private readonly ObservedBodyWriter _body;
    private long _bytesBeforeEnd;
    private bool _isHandedOver;

    private DeliveryWatch(HttpContext context, ClientConnection? connection)
    {
        _context = context;
        var isHttp2 = HttpProtocol.IsHttp2(context.Request.Protocol);
        _stream = isHttp2 && connection is not null ? StreamDelivery.TryBegin(context, connection) : null;
        _counted = isHttp2 ? null : connection;
        _meaning = connection is null ? EndMeaning.Nothing : DeliveryPath.MeaningOfEnd(context, connection);
        _end = _meaning == EndMeaning.Nothing ? null : connection;
        connection?.Watch(isTold: _end is not null && DeliveryPath.IsTold(context));
        _isKept = _end is not null && MayStayOpen(context) && !_end.HasInput();
        _body = new ObservedBodyWriter(context.Response.BodyWriter, _counted);
    }

    /// <summary>Gets what the file is to be written to.</summary>
    public PipeWriter Body => _body;

    /// <summary>Gets what keeps a slow receiver from looking stalled; <see langword="null"/> when the connection does not tell.</summary>
    public Func<long>? Progress => _counted is not null ? _counted.Progress : _stream is not null ? _stream.Progress : null;

    private bool IsLengthKnown => _context.Response.ContentLength is not null;

    /// <summary>Prepares the response, whose headers have not been sent, for being watched.</summary>
    public static DeliveryWatch Begin(HttpContext context)
    {
        var watch = new DeliveryWatch(context, context.Features.Get<ClientConnection>());
        if (watch is { _end: not null, _isKept: false })
        {
            context.Response.Headers.Connection = "close";
        }

        return watch;
    }

    /// <summary>Prepares for the end of the body, which has been written but for that.</summary>
    /// <returns>
    /// <see langword="false"/> when the client is gone, unless it may be gone because it has everything: one that knows the length closes on
    /// the last byte.
    /// </returns>
    public async ValueTask<bool> TryBeginEndAsync(TransferReceiver receiver, TimeProvider timeProvider)
    {
        if (_end is not null)
        {
            // How it has closed is looked at after the end.
            _bytesBeforeEnd = _end.WrittenBytes;
            return true;
        }

        if (receiver.BytesSent == 0 || (_stream is null && (_counted is null || !IsLengthKnown)))
        {
            return !_context.RequestAborted.IsCancellationRequested;
        }

        // Before the end is written: it would be answered with a reset by a client that has closed, and then the system tells nothing more.
        var isBodyHandedOver = _stream is not null
            ? await _stream.WaitForBodyAsync(receiver.BytesSent, receiver.Ended, timeProvider)
            : await IsWrittenAndHandedOverAsync(receiver, timeProvider);
        _isHandedOver = isBodyHandedOver && IsLengthKnown;
        return isBodyHandedOver;
    }

    /// <summary>Waits until it is known whether the client has read everything, and ends the transfer accordingly.</summary>
    public async Task FinishAsync(TransferReceiver receiver, TimeProvider timeProvider)
    {
        if (_end is null)
        {
            await FinishSharedConnectionAsync(receiver, timeProvider);
            return;
        }

        if (!IsWritten(receiver))
        {
            receiver.Fail(TransferError.ReceiverLost);
            return;
        }

        var end = _isKept
            ? await new SignWaiter(_end, timeProvider).WaitAsync(receiver.Ended, receiver.NoteHandedOver)
            : await new EndWaiter(_end, timeProvider).WaitAsync(receiver.Ended, receiver.NoteHandedOver, closesOurSide: !DeliveryPath.IsEncrypted(_context));
        switch (end)
        {
            case DeliveryVerdict.ReadEverything:
                receiver.FinishDelivery(_meaning == EndMeaning.Read ? DeliveryStatus.Confirmed : DeliveryStatus.Sent);
                break;
            case DeliveryVerdict.Unknown:
                receiver.FinishDelivery(DeliveryStatus.Sent);
                break;
            case DeliveryVerdict.Lost:
                receiver.Fail(TransferError.ReceiverLost);
                break;
            default:
                // The transfer has ended otherwise: the stall limit, a cancellation, the end of the server.
                break;
        }
    }

    /// <summary>
    /// Says whether the connection may be left open for the client's next request. Encrypted, a goodbye cannot be told from a request; a hop's end is
    /// to mean something; and somebody may have decided already that it ends.
    /// </summary>
    private static bool MayStayOpen(HttpContext context)
        => context.Response.ContentLength <= context.RequestServices.GetRequiredService<IOptions<BeamHttpOptions>>().Value.MaxKeepAliveBytes
            && !DeliveryPath.IsEncrypted(context)
            && HttpProtocol.IsHttp11(context.Request.Protocol)
            && !context.Request.Headers.ContainsKey(DeliveryPath.Header)
            && (context.Request.Headers.Connection is not [var word] || string.Equals(word, "keep-alive", StringComparison.OrdinalIgnoreCase))
            && context.Response.Headers.Connection.Count == 0;

    /// <summary>On a connection that goes on, nothing tells what the client reads, but that its system has the bytes can be known.</summary>
    private async Task FinishSharedConnectionAsync(TransferReceiver receiver, TimeProvider timeProvider)
    {
        var isHandedOver = _isHandedOver
            || (_stream is not null
                ? await _stream.WaitForAsync(receiver.BytesSent, withEnd: true, receiver.Ended, timeProvider)
                : _counted is null || await IsWrittenAndHandedOverAsync(receiver, timeProvider));
        if (isHandedOver)
        {
            receiver.FinishDelivery(DeliveryStatus.Sent);
        }
        else
        {
            receiver.Fail(TransferError.ReceiverLost);
        }
    }

    private async Task<bool> IsWrittenAndHandedOverAsync(TransferReceiver receiver, TimeProvider timeProvider)
    {
        var written = _counted!.WrittenBytes;
        return _body.IsWritten && await new AcknowledgementWaiter(_counted, timeProvider).WaitAsync(written, receiver.Ended);
    }

    /// <summary>Says whether the connection was given all bytes and their end; after a client has left it takes nothing any more.</summary>
    private bool IsWritten(TransferReceiver receiver)
    {
        // Headers go with the first byte of the body, or with its end when there is none.
        var endsWithBody = receiver.BytesSent > 0 && (IsLengthKnown || HttpProtocol.IsHttp10(_context.Request.Protocol));
        return _body.IsWritten && (endsWithBody || _end!.WrittenBytes > _bytesBeforeEnd);
    }
}
