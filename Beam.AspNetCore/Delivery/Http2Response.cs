using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// A response over HTTP/2. Other responses share the connection, and it goes on. But its frames show where the bytes of this response
/// are, so Beam knows when the client's system has them.
/// </summary>
internal sealed class Http2Response(HttpContext context, StreamDelivery stream) : DeliveryWatch(context, counted: null)
{
    // Whether the client's system had the body before the end of the response; null as long as nobody has asked.
    private bool? _hasBody;

    public override Func<long>? Progress => stream.Progress;

    public override bool EndWaitsForRoom => true;

    /// <remarks>
    /// A client that knows the length closes on the last byte. It does not wait for the end of the response, and answers it with a reset.
    /// Then the system tells nothing more. So the end waits until the bytes are known to be there.
    /// </remarks>
    public override async Task<bool> HasBodyAsync(SentBody sent, Task given, TimeProvider timeProvider)
    {
        _hasBody ??= await stream.WaitForBodyAsync(sent.Bytes, given, timeProvider);
        return _hasBody.Value;
    }

    /// <remarks>A client that knows the length may end the connection before the end of the body reaches it.</remarks>
    public override async Task<DeliveryVerdict> JudgeAsync(SentBody sent, Task given, Action onHandedOver, TimeProvider timeProvider)
        => _hasBody != false
            && ((_hasBody == true && sent.IsLengthKnown) || await stream.WaitForAsync(sent.Bytes, withEnd: true, given, timeProvider))
                ? DeliveryVerdict.HandedOver
                : DeliveryVerdict.Lost;

    protected override async ValueTask<bool> TryBeginEndAsync(SentBody sent, Task given, TimeProvider timeProvider)
        => sent.Bytes == 0 ? await base.TryBeginEndAsync(sent, given, timeProvider) : await HasBodyAsync(sent, given, timeProvider);
}
