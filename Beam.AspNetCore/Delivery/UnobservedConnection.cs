using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// A connection of which nothing is known: it belongs to a server other than Kestrel, or a middleware hides what goes over HTTP/2. Beam
/// knows only what the server has taken.
/// </summary>
internal sealed class UnobservedConnection(HttpContext context) : DeliveryWatch(context, counted: null)
{
    public override Task<DeliveryVerdict> JudgeAsync(SentBody sent, Task given, Action onHandedOver, TimeProvider timeProvider)
        => Task.FromResult(DeliveryVerdict.HandedOver);

    /// <summary>Nothing counts what the client got. So what the server has refused counts as not written, also the last byte.</summary>
    protected override bool IsWritten(SentBody sent) => base.IsWritten(sent) && !Body.HasThrown;
}
