using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// A connection that stays open after a small file. The client's next request says that it has read the file, and so does its end.
/// </summary>
internal sealed class KeptConnection(HttpContext context, ClientConnection connection, EndMeaning meaning)
    : OwnConnection(context, connection, meaning)
{
    /// <summary>
    /// Says whether the connection may stay open for the client's next request. Three reasons speak against it: over TLS Beam cannot tell a
    /// goodbye from a request, the end of a hop's connection must mean something, and somebody may already have decided that it closes.
    /// </summary>
    public static bool MayStayOpen(HttpContext context)
        => context.Response.ContentLength <= context.RequestServices.GetRequiredService<IOptions<BeamHttpOptions>>().Value.MaxKeepAliveBytes
            && !DeliveryPath.IsEncrypted(context)
            && HttpProtocol.IsHttp11(context.Request.Protocol)
            && !context.Request.Headers.ContainsKey(DeliveryPath.Header)
            && (context.Request.Headers.Connection is not [var word]
                || string.Equals(word, "keep-alive", StringComparison.OrdinalIgnoreCase))
            && context.Response.Headers.Connection.Count == 0;

    public override Task<DeliveryVerdict> JudgeAsync(SentBody sent, Task given, Action onHandedOver, TimeProvider timeProvider)
        => new SignWaiter(Connection, timeProvider).WaitAsync(given, onHandedOver);
}
