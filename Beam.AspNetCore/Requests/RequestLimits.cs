using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Beam.AspNetCore.Requests;

/// <summary>
/// Lifts, for one request, the server's defaults that would cut honest long transfers. Beam's deadlines and limits hold instead.
/// </summary>
internal static class RequestLimits
{
    public static void Lift(HttpContext context)
    {
        var features = context.Features;

        // 30,000,000 bytes on Kestrel and IIS.
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bodySize)
        {
            bodySize.MaxRequestBodySize = null;
        }

        // 240 bytes a second, which a live pipe or a paused receiver does not reach.
        if (features.Get<IHttpMinRequestBodyDataRateFeature>() is { } requestRate)
        {
            requestRate.MinDataRate = null;
        }

        // The HTTP/2 implementation has the property but no setter.
        if (features.Get<IHttpMinResponseDataRateFeature>() is { } responseRate)
        {
            responseRate.MinDataRate = null;
        }

        features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }
}
