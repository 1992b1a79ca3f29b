using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// A connection that has nothing left to do after the file, so that the client closes it. How it closes says what it has read.
/// </summary>
internal sealed class ClosingConnection(HttpContext context, ClientConnection connection, EndMeaning meaning)
    : OwnConnection(context, connection, meaning)
{
    public override void Observe(PipeWriter body)
    {
        base.Observe(body);
        Context.Response.Headers.Connection = "close";
    }

    public override Task<DeliveryVerdict> JudgeAsync(SentBody sent, Task given, Action onHandedOver, TimeProvider timeProvider)
        => new EndWaiter(Connection, timeProvider).WaitAsync(given, onHandedOver, closesOurSide: !DeliveryPath.IsEncrypted(Context));
}
