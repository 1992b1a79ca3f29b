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
    // Those who hold the key wait a minute at most.
    private const int MostWaiting = 12;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // How often the right key is taken while guesses come. A key of 128 bits is not found out at any speed.
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5);

    private readonly PartitionedRateLimiter<HttpContext> _wrongKeys = PartitionedRateLimiter.Create<HttpContext, IPNetwork>(context
        => RateLimitPartition.GetFixedWindowLimiter(
            ClientNetwork.Of(context) ?? default,
            _ => new FixedWindowRateLimiterOptions { PermitLimit = settings.WrongKeysPerMinute, Window = Minute }));

    private readonly PartitionedRateLimiter<HttpContext> _turns = PartitionedRateLimiter.Create<HttpContext, IPNetwork>(static context
        => RateLimitPartition.GetTokenBucketLimiter(
            ClientNetwork.Of(context) ?? default,
            static _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = 1,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = Turn,
                QueueLimit = MostWaiting,
            }));

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var authorization = context.Request.Headers.Authorization;
        if (authorization.Count > 0 && context.GetEndpoint()?.Metadata.GetMetadata<AsksForAccessKey>() is not null)
        {
            // The right key takes no guess. When the guesses are used up, it has to wait its turn, so that nobody can lock out those who
            // share an address.
            var isRight = accessKey.IsIn(authorization);
            using var guess = _wrongKeys.AttemptAcquire(context, isRight ? 0 : 1);
            if (!guess.IsAcquired && !isRight)
            {
                await TooManyRequests.WriteAsync(context, guess, Minute, "Too many wrong access keys have come from this address");
                return;
            }

            using var turn = guess.IsAcquired ? null : await _turns.AcquireAsync(context, 1, context.RequestAborted);
            if (turn is { IsAcquired: false })
            {
                await TooManyRequests.WriteAsync(context, turn, Turn, "Wrong access keys come from this address, so that it has to wait");
                return;
            }
        }

        await next(context);
    }

    public void Dispose()
    {
        _wrongKeys.Dispose();
        _turns.Dispose();
    }
}
