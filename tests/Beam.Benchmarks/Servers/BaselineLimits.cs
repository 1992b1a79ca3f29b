using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Beam.Benchmarks.Servers;

/// <summary>Takes the server's limits off a baseline's request, as Beam does with its own.</summary>
internal static class BaselineLimits
{
    public static void Lift(HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        context.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate = null;
        context.Features.GetRequiredFeature<IHttpMinResponseDataRateFeature>().MinDataRate = null;
    }
}
