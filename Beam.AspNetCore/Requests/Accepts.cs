using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Beam.AspNetCore.Requests;

/// <summary>The kind of answer that a client asks for. Text is the default: curl accepts everything and wants a line.</summary>
internal static class Accepts
{
    /// <summary>The type of a stream of events.</summary>
    public const string EventStreamType = "text/event-stream";

    public static bool Json(HttpRequest request) => Names(request, static type => type is "application/json" or "application/problem+json");

    public static bool Html(HttpRequest request) => Names(request, static type => type is "text/html");

    public static bool Events(HttpRequest request) => Names(request, static type => type is EventStreamType);

    private static bool Names(HttpRequest request, Func<string, bool> isWanted)
    {
        foreach (var value in request.Headers.Accept)
        {
            if (value is null or "*/*")
            {
                continue;
            }

            if (MediaTypeHeaderValue.TryParseList([value], out var types)
                && types.Any(type => type.Quality is not 0 && isWanted(type.MediaType.ToString().ToLowerInvariant())))
            {
                return true;
            }
        }

        return false;
    }
}
