using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// A connection that goes on, or is not the client's own. Nothing tells what the client reads. But Beam counts what the server gives to
/// the connection, and so knows when the client's system has the bytes.
/// </summary>
/// <remarks>Over HTTP/2 Beam does not know when the body has left, so only what the whole connection has taken counts.</remarks>
internal sealed class CountedConnection(HttpContext context, ClientConnection connection)
    : DeliveryWatch(context, HttpProtocol.IsHttp2(context.Request.Protocol) ? null : connection)
{
    // Whether the client's system had every byte of the body before the end of the response, which has no bytes of its own.
    private bool _isHandedOver;

    public override Func<long>? Progress => connection.Progress;

    public override async Task<DeliveryVerdict> JudgeAsync(SentBody sent, Task given, Action onHandedOver, TimeProvider timeProvider)
        => _isHandedOver || await IsAcknowledgedAsync(sent.Position ?? connection.WrittenBytes, given, timeProvider)
            ? DeliveryVerdict.HandedOver
            : DeliveryVerdict.Lost;

    protected override async ValueTask<bool> TryBeginEndAsync(SentBody sent, Task given, TimeProvider timeProvider)
    {
        if (sent.Bytes == 0 || !sent.IsLengthKnown)
        {
            return await base.TryBeginEndAsync(sent, given, timeProvider);
        }

        // Before the end is written: a client that has closed would answer it with a reset, and then the system tells nothing more.
        _isHandedOver = IsWritten(sent) && await IsAcknowledgedAsync(connection.WrittenBytes, given, timeProvider);
        return _isHandedOver;
    }

    private Task<bool> IsAcknowledgedAsync(long position, Task given, TimeProvider timeProvider)
        => new AcknowledgementWaiter(connection, timeProvider).WaitAsync(position, given);
}
