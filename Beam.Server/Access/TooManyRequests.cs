using System.Globalization;
using System.Threading.RateLimiting;

namespace Beam.Server.Access;

/// <summary>What a rate limiter answers: 429, when to come again, and why in one line.</summary>
internal static class TooManyRequests
{
    // The body is left unread: a client that waits for "100 Continue" never sends it.
    public static Task WriteAsync(HttpContext context, RateLimitLease lease, TimeSpan window, string reason)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : window;
        var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        RefusedBody.LetCome(context);
        var response = context.Response;
        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.Headers.RetryAfter = seconds;
        response.Headers.CacheControl = "no-store";
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync($"{reason}; try again in {seconds} s.\n", context.RequestAborted);
    }
}
