using Microsoft.AspNetCore.Http.Features;

namespace Beam.Server.Access;

/// <summary>The body of a request that is refused before the relay sees it.</summary>
internal static class RefusedBody
{
    /// <summary>
    /// Lets Kestrel read and throw away such a body for a few seconds, as it does with others. For a body above its limit of 30 MB, Kestrel
    /// would reset the connection, and the refusal might be lost with that.
    /// </summary>
    public static void LetCome(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bodySize)
        {
            bodySize.MaxRequestBodySize = null;
        }
    }
}
