using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// A connection of which nothing is known: another server than Kestrel has it, or a middleware hides what is sent over HTTP/2. What the
/// server has taken is all that can be said.
/// </summary>
internal sealed class UnobservedConnection(HttpContext context) : DeliveryWatch(context, counted: null)
{
    public override Task<DeliveryVerdict> JudgeAsync(SentBody sent, Task given, Action onHandedOver, TimeProvider timeProvider)
        => Task.FromResult(DeliveryVerdict.HandedOver);
}
