using Microsoft.AspNetCore.Http.Features;

namespace Beam.Server.Access;

/// <summary>The body of a request that is refused before the relay sees it.</summary>
internal static class RefusedBody
{
    /// <summary>
    /// Has the server throw away what comes of it for a few seconds, as it does with others. A body above its limit of 30 MB would have it reset the
    /// connection, and the refusal might be lost with that.
    /// </summary>
    public static void LetCome(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bodySize)
        {
            bodySize.MaxRequestBodySize = null;
        }
    }
}
