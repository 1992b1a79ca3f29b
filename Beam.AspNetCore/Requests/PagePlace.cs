using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Requests;

/// <summary>
/// Where a request is below Beam's root, so that its page can name Beam's other addresses relative to its own. Such addresses stay right,
/// whatever a proxy in front of the application makes of hosts and paths.
/// </summary>
/// <param name="OwnSegments">How many segments of the path are Beam's own.</param>
internal sealed record PagePlace(int OwnSegments)
{
    /// <summary>
    /// How the page of a request refers to Beam's root; <see langword="null"/> when the request is not for an endpoint of Beam's.
    /// </summary>
    public static string? FindRoot(HttpContext context)
    {
        if (context.Features.Get<PagePlace>() is not { } place)
        {
            return null;
        }

        // Routing ignores a slash at the end; browsers do not.
        var ups = place.OwnSegments - (RequestTarget.RawPath(context) is [.., '/'] ? 0 : 1);
        return ups switch
        {
            < 0 => RequestTarget.LastSegment(context).ToString() + "/",
            0 => "./",
            _ => string.Concat(Enumerable.Repeat("../", ups)),
        };
    }

    /// <summary>How the page of a request refers to Beam's root.</summary>
    public static string Root(HttpContext context) => FindRoot(context)!;
}
