using System.Globalization;
using Beam.AspNetCore.ProxyProtocol;
using Beam.AspNetCore.Requests;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Delivery;

/// <summary>Says what the end of a connection means, which depends on its owner: the client, or a hop in between.</summary>
internal static class DeliveryPath
{
    /// <summary>
    /// What a hop that knows Beam says of itself: <see cref="Mark"/>, or anything else for "I do not know what my client has read".
    /// </summary>
    public const string Header = "Beam-Delivery";

    /// <summary>
    /// The last byte that a hop sends before it ends its connection in order: its client has everything. Without this byte, the end of a
    /// hop that dies would look the same.
    /// </summary>
    public const byte Done = (byte)'+';

    /// <summary>The byte with which a hop says that its client's system has everything, whether the client reads it or not.</summary>
    public const byte HandedOver = (byte)'=';

    /// <summary>
    /// The header's value of a hop that ends its connection only when its own client has ended, and in the same way. It names this very
    /// connection. A proxy behind the hop passes the header on without knowing it, over another connection, and so the word is void there.
    /// </summary>
    public static string Mark(int port, EndMeaning meaning)
        => string.Create(CultureInfo.InvariantCulture, $"{(meaning == EndMeaning.Read ? "read" : "handed-over")}; connection={port}");

    /// <summary>Says whether the connection is encrypted, whatever a middleware makes of the scheme that a hop's client used.</summary>
    public static bool IsEncrypted(HttpContext context) => context.Features.Get<ITlsHandshakeFeature>() is not null;

    /// <summary>
    /// Says whether the request comes from a hop that knows Beam and reports on its client over the connection, given that the
    /// connection's end means something. Over an encrypted connection a hop cannot report.
    /// </summary>
    public static bool IsTold(HttpContext context) => context.Request.Headers.ContainsKey(Header) && !IsEncrypted(context);

    /// <summary>Says what the end of the connection means, if the connection does nothing else than this download.</summary>
    public static EndMeaning MeaningOfEnd(HttpContext context, ClientConnection connection)
    {
        var request = context.Request;
        if (HttpProtocol.IsHttp2(request.Protocol)
            || context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false
            || WaitsForTheServersEnd(context))
        {
            return EndMeaning.Nothing;
        }

        var options = context.RequestServices.GetRequiredService<IOptions<BeamHttpOptions>>().Value;
        var word = request.Headers[Header];
        var meaning = word.Count > 0 ? MeaningOfWord(word.ToString(), connection.ClientPort, IsEncrypted(context))
            : !options.ConfirmsByConnection ? EndMeaning.HandedOver
            : ProxyTraces.AreOn(request) || options.BehindProxy == ProxyKind.Http ? EndMeaning.Nothing
            : EndMeaning.Read;
        return meaning == EndMeaning.Read && IsPassedOnBelow(context, options) ? EndMeaning.HandedOver : meaning;
    }

    /// <summary>
    /// Says whether a TCP proxy passes the connection on. Its system acknowledges bytes that the client may never get, so even a client
    /// that dies with everything unread looks like one that has read everything.
    /// </summary>
    private static bool IsPassedOnBelow(HttpContext context, BeamHttpOptions options)
        => options.BehindProxy == ProxyKind.Tcp || context.Features.Get<ProxiedConnection>() is not null;

    /// <summary>
    /// Without a length, only the connection's end tells a client of HTTP/1.0 that it has everything (RFC 1945, section 7.2.2). Over TLS
    /// that end begins with a goodbye which only the server can say, so Beam leaves the connection to the server.
    /// </summary>
    private static bool WaitsForTheServersEnd(HttpContext context)
        => HttpProtocol.IsHttp10(context.Request.Protocol) && IsEncrypted(context);

    /// <summary>A hop that dies ends an encrypted connection like a hop whose client has everything: that end confirms nothing.</summary>
    private static EndMeaning MeaningOfWord(string word, int? port, bool isEncrypted)
        => port is null ? EndMeaning.Nothing
            : word == Mark(port.Value, EndMeaning.Read) ? (isEncrypted ? EndMeaning.HandedOver : EndMeaning.Read)
            : word == Mark(port.Value, EndMeaning.HandedOver) ? EndMeaning.HandedOver
            : EndMeaning.Nothing;
}
