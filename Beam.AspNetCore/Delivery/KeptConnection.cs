using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// A connection that is left open after a small file: the client's next request says that it has read it, and so does its end.
/// </summary>
internal sealed class KeptConnection(HttpContext context, ClientConnection connection, EndMeaning meaning)
    : OwnConnection(context, connection, meaning)
{
    /// <summary>
    /// Says whether the connection may be left open for the client's next request. Encrypted, a goodbye cannot be told from a request; a
    /// hop's end is to mean something; and somebody may have decided already that it ends.
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
