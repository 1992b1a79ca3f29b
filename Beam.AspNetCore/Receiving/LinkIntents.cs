using Beam.AspNetCore.Events;
using Beam.AspNetCore.Requests;
using Beam.AspNetCore.Status;
using Beam.Tokens;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Receiving;

/// <summary>Decides what a GET wants, in one place. A request that only looks must not take a receiver's seat.</summary>
internal static class LinkIntents
{
    /// <summary>Decides it for the link of a file.</summary>
    public static LinkIntent OfFile(HttpRequest request)
        => StatusHandler.IsAsked(request) ? LinkIntent.Status : OfBoth(request, hasJson: false);

    /// <summary>Decides it for the link of a channel, which programs may also read as JSON.</summary>
    public static LinkIntent OfChannel(HttpRequest request) => OfBoth(request, hasJson: true);

    /// <summary>
    /// Decides it for any path of Beam, where another process will answer and knows the path it is mounted at. Only a token can lead to a
    /// file, and whatever else a path says is the place that Beam is mounted at.
    /// </summary>
    public static LinkIntent OfAnyPath(HttpRequest request)
    {
        var segments = (request.Path.Value ?? "").Trim('/').Split('/');
        var token = Array.FindIndex(segments, static segment => NodeToken.IsToken(segment));
        return token < 0 ? LinkIntent.Page
            : (segments.Length - token) switch
            {
                1 => OfChannel(request),
                2 => OfFile(request),
                _ => LinkIntent.Page,
            };
    }

    private static LinkIntent OfBoth(HttpRequest request, bool hasJson)
    {
        if (EventStream.IsAsked(request))
        {
            return LinkIntent.Events;
        }

        if (QrResponse.IsAsked(request))
        {
            return LinkIntent.QrCode;
        }

        if (LinkPreview.IsWanted(request))
        {
            return LinkIntent.Page;
        }

        if (hasJson && Accepts.Json(request))
        {
            return LinkIntent.Json;
        }

        return LinkPreview.IsAhead(request) ? LinkIntent.Prefetch : LinkIntent.Download;
    }
}
