using System.Threading.RateLimiting;
using Beam.AspNetCore.Quotas;
using Beam.AspNetCore.Routing;
using Beam.Server.Settings;
using Microsoft.AspNetCore.RateLimiting;

namespace Beam.Server.Access;

/// <summary>
/// Limits how fast one address may mint tokens. Links that are made from tokens are tokens too, and count with them. Callers with the
/// access key have a limit of their own, so that others at their address use up nothing of theirs.
/// </summary>
internal static class MintLimit
{
    private const string Policy = "Mint";
    private const string LinkPath = "/{token}/-/token";
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static void AddMintLimit(this IServiceCollection services, ServerSettings settings) => services.AddRateLimiter(limits =>
    {
        limits.AddPolicy(Policy, context => RateLimitPartition.GetTokenBucketLimiter(
            (ClientNetwork.Of(context), HasKey: context.User.Identity?.IsAuthenticated == true),
            _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = settings.MintsPerMinute,
                TokensPerPeriod = settings.MintsPerMinute,
                ReplenishmentPeriod = Minute,
            }));
        limits.OnRejected = static (rejected, _) => new ValueTask(TooManyRequests.WriteAsync(
            rejected.HttpContext,
            rejected.Lease,
            Minute,
            "Too many tokens are minted from this address"));
    });

    public static void LimitMinting(this BeamEndpointConventionBuilder beam, ServerSettings settings)
    {
        if (settings.MintsPerMinute > 0)
        {
            beam.Mint.RequireRateLimiting(Policy);
            beam.Add(static endpoint => LimitLinks(endpoint));
        }
    }

    /// <summary>Links need no access key, so that their endpoint is none of those that mint.</summary>
    private static void LimitLinks(EndpointBuilder endpoint)
    {
        if (endpoint is RouteEndpointBuilder { RoutePattern.RawText: { } path }
            && path.EndsWith(LinkPath, StringComparison.Ordinal)
            && endpoint.Metadata.OfType<IHttpMethodMetadata>().Any())
        {
            endpoint.Metadata.Add(new EnableRateLimitingAttribute(Policy));
        }
    }
}
