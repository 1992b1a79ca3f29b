using System.Threading.RateLimiting;
using Beam.AspNetCore.Quotas;
using Beam.AspNetCore.Routing;
using Beam.Server.Settings;

namespace Beam.Server.Access;

/// <summary>Limits how fast one address may mint tokens.</summary>
internal static class MintLimit
{
    private const string Policy = "Mint";
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static void AddMintLimit(this IServiceCollection services, ServerSettings settings) => services.AddRateLimiter(limits =>
    {
        limits.AddPolicy(Policy, context => RateLimitPartition.GetTokenBucketLimiter(
            ClientNetwork.Of(context),
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
        }
    }
}
