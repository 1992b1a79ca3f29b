using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Requests;

/// <summary>
/// Keeps pages of other origins from minting, sending or cancelling with a visitor's credentials: a form can post across origins without
/// asking first. Beam allows what the endpoint's own CORS policy allows.
/// </summary>
internal static class CrossOriginGuard
{
    public static bool Refuses(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || !ComesFromElsewhere(request))
        {
            return false;
        }

        // If the policy allows this origin, the CORS middleware has noted it, and writes its headers when the response starts.
        return !IsAllowedByPolicy(context);
    }

    private static bool ComesFromElsewhere(HttpRequest request)
    {
        // Sent by every current browser (Fetch Metadata); "none" is the visitor's own doing.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site is not ("same-origin" or "none");
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                && MayLeadHere(uri.Scheme, request)
                && string.Equals(uri.Authority, PublicUrl.Host(request), StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// Everybody on the way can make a page of http, which must not act on https. The other way round the request looks as it does behind a
    /// proxy that ends TLS and that the application does not know.
    /// </summary>
    private static bool MayLeadHere(string scheme, HttpRequest request)
        => scheme == Uri.UriSchemeHttps || (scheme == Uri.UriSchemeHttp && !request.IsHttps);

    private static bool IsAllowedByPolicy(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata.GetMetadata<ICorsMetadata>();
        if (metadata is null or IDisableCorsAttribute || context.RequestServices.GetService<ICorsService>() is not { } cors)
        {
            return false;
        }

        var policy = metadata switch
        {
            ICorsPolicyMetadata own => own.Policy,
            IEnableCorsAttribute named => FindPolicy(context, named.PolicyName),
            _ => null,
        };
        return policy is not null && cors.EvaluatePolicy(context, policy).IsOriginAllowed;
    }

    private static CorsPolicy? FindPolicy(HttpContext context, string? name)
    {
        var options = context.RequestServices.GetRequiredService<Microsoft.Extensions.Options.IOptions<CorsOptions>>().Value;
        return options.GetPolicy(name ?? options.DefaultPolicyName);
    }
}
