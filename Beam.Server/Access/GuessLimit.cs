using System.Net;
using System.Threading.RateLimiting;
using Beam.AspNetCore.Quotas;
using Beam.Server.Settings;

namespace Beam.Server.Access;

/// <summary>
/// Limits how many wrong access keys one address may bring within a minute, wherever the answer would tell whether a key is right.
/// </summary>
/// <remarks>
/// Requests without a key go on, and so do requests that need only a token, and all requests from other addresses. If the settings do not
/// name a proxy, all clients behind it are one address.
/// </remarks>
internal sealed class GuessLimit(AccessKey accessKey, ServerSettings settings) : IMiddleware, IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<HttpContext> _wrongKeys = PartitionedRateLimiter.Create<HttpContext, IPNetwork>(context
        => RateLimitPartition.GetFixedWindowLimiter(
            ClientNetwork.Of(context) ?? default,
            _ => new FixedWindowRateLimiterOptions { PermitLimit = settings.WrongKeysPerMinute, Window = Minute }));

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var authorization = context.Request.Headers.Authorization;
        if (authorization.Count > 0 && context.GetEndpoint()?.Metadata.GetMetadata<AsksForAccessKey>() is not null)
        {
            // The right key takes no permit. But when the guesses are used up, the server refuses it like any other key: an attacker must
            // not learn that this guess was right.
            using var lease = _wrongKeys.AttemptAcquire(context, accessKey.IsIn(authorization) ? 0 : 1);
            if (!lease.IsAcquired)
            {
                await TooManyRequests.WriteAsync(context, lease, Minute, "Too many wrong access keys have come from this address");
                return;
            }
        }

        await next(context);
    }

    public void Dispose() => _wrongKeys.Dispose();
}
