using System.Globalization;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Delivery;

/// <summary>Says what the end of a connection means: it is the client's, or that of a hop in between.</summary>
internal static class DeliveryPath
{
    /// <summary>
    /// What a hop that knows Beam says of itself: <see cref="Mark"/>, or anything else for "I do not know what my client has read".
    /// </summary>
    public const string Header = "Beam-Delivery";

    // What proxies add to requests, and what the framework makes of it. One that adds nothing cannot be seen: docs/delivery.md.
    private static readonly string[] Traces =
    [
        "Via", "Forwarded", "X-Forwarded-For", "X-Original-For", "X-Forwarded-Proto", "X-Original-Proto", "X-Real-IP",
    ];

    /// <summary>
    /// The last byte that a hop sends before it ends its connection in order: its client has everything. Without it a hop that dies would
    /// look the same.
    /// </summary>
    public const byte Done = (byte)'+';

    /// <summary>The byte by which a hop says that its client's system has everything, whether the client reads it or not.</summary>
    public const byte HandedOver = (byte)'=';

    /// <summary>
    /// What a hop says that ends its connection only when, and as, its own client has ended. It names the very connection, so that the
    /// word is lost at a proxy behind it, which would pass it on without knowing.
    /// </summary>
    public static string Mark(int port, EndMeaning meaning)
        => string.Create(CultureInfo.InvariantCulture, $"{(meaning == EndMeaning.Read ? "read" : "handed-over")}; connection={port}");

    /// <summary>Says whether the connection is encrypted, whatever a middleware makes of the scheme that a hop's client used.</summary>
    public static bool IsEncrypted(HttpContext context) => context.Features.Get<ITlsHandshakeFeature>() is not null;

    /// <summary>
    /// Says whether the request comes from a hop that knows Beam, given that the connection's end means something, and that says over the
    /// connection how its client does. It cannot where that is encrypted.
    /// </summary>
    public static bool IsTold(HttpContext context) => context.Request.Headers.ContainsKey(Header) && !IsEncrypted(context);

    /// <summary>Says what the end of the connection means, if it has nothing to do but this download.</summary>
    public static EndMeaning MeaningOfEnd(HttpContext context, ClientConnection connection)
    {
        var request = context.Request;
        if (HttpProtocol.IsHttp2(request.Protocol)
            || context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false
            || WaitsForTheServersEnd(context))
        {
            return EndMeaning.Nothing;
        }

        var word = request.Headers[Header];
        return word.Count > 0 ? MeaningOfWord(word.ToString(), connection.ClientPort, IsEncrypted(context))
            : !context.RequestServices.GetRequiredService<IOptions<BeamHttpOptions>>().Value.ConfirmsByConnection ? EndMeaning.HandedOver
            : Array.Exists(Traces, request.Headers.ContainsKey) ? EndMeaning.Nothing
            : EndMeaning.Read;
    }

    /// <summary>
    /// Without a length only the connection's end tells a client of HTTP/1.0 that it has everything (RFC 1945, section 7.2.2). Encrypted,
    /// that begins with a goodbye which only the server can say, so the connection is left to it.
    /// </summary>
    private static bool WaitsForTheServersEnd(HttpContext context)
        => HttpProtocol.IsHttp10(context.Request.Protocol) && IsEncrypted(context);

    /// <summary>A hop that dies ends an encrypted connection as one does whose client has everything: that confirms nothing.</summary>
    private static EndMeaning MeaningOfWord(string word, int? port, bool isEncrypted)
        => port is null ? EndMeaning.Nothing
            : word == Mark(port.Value, EndMeaning.Read) ? (isEncrypted ? EndMeaning.HandedOver : EndMeaning.Read)
            : word == Mark(port.Value, EndMeaning.HandedOver) ? EndMeaning.HandedOver
            : EndMeaning.Nothing;
}
