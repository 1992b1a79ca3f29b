using System.Globalization;
using System.Threading.RateLimiting;
using Beam.AspNetCore.Quotas;
using Beam.AspNetCore.Routing;
using StandaloneServer.Settings;

namespace StandaloneServer.Access;

/// <summary>Limits how fast one address may mint tokens, and so also how fast it may guess the access key there.</summary>
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
        limits.OnRejected = static async (rejected, cancellationToken) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : Minute;
            var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            RefusedBody.LetCome(rejected.HttpContext);
            var response = rejected.HttpContext.Response;
            response.StatusCode = StatusCodes.Status429TooManyRequests;
            response.Headers.RetryAfter = seconds;
            response.Headers.CacheControl = "no-store";
            response.ContentType = "text/plain; charset=utf-8";
            await response.WriteAsync($"Too many tokens are minted from this address; try again in {seconds} s.\n", cancellationToken);
        };
    });

    public static void LimitMinting(this BeamEndpointConventionBuilder beam, ServerSettings settings)
    {
        if (settings.MintsPerMinute > 0)
        {
            beam.Mint.RequireRateLimiting(Policy);
        }
    }
}
