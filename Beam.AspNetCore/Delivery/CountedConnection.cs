using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// A connection that goes on, or is not the client's own. Nothing tells what the client reads, but that its system has the bytes can be
/// known, because what the connection is given is counted.
/// </summary>
/// <remarks>Of a body over HTTP/2 it is not known when it has left, so only what the whole connection has taken counts then.</remarks>
internal sealed class CountedConnection(HttpContext context, ClientConnection connection)
    : DeliveryWatch(context, HttpProtocol.IsHttp2(context.Request.Protocol) ? null : connection)
{
    // Whether the client's system was seen to have everything before the end, which has no bytes of its own.
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

        // Before the end is written: it would be answered with a reset by a client that has closed, and then the system tells nothing more.
        _isHandedOver = IsWritten(sent) && await IsAcknowledgedAsync(connection.WrittenBytes, given, timeProvider);
        return _isHandedOver;
    }

    private Task<bool> IsAcknowledgedAsync(long position, Task given, TimeProvider timeProvider)
        => new AcknowledgementWaiter(connection, timeProvider).WaitAsync(position, given);
}
