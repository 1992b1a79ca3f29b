using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Beam.Functions.Hosting;

/// <summary>
/// Ends a request shortly before the Functions host's functionTimeout. At that time the host itself kills the program, with every other
/// transfer in it, and starts it again.
/// </summary>
internal sealed partial class RequestDeadline(FunctionsHostSettings settings, TimeProvider timeProvider, ILogger<RequestDeadline> logger)
{
    // The host's time goes on until it has passed on what it holds of a download, and a slow client takes that slowly.
    private static readonly TimeSpan LongestMargin = TimeSpan.FromSeconds(30);

    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        if (settings.FunctionTimeout is not { } timeout)
        {
            await next(context);
            return;
        }

        // In two steps; the second is for a handler that does not end by itself.
        var margin = timeout / 2 < LongestMargin ? timeout / 2 : LongestMargin;
        var client = context.RequestAborted;
        using var deadline = new CancellationTokenSource(timeout - margin, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(client, deadline.Token);
        await using var last = timeProvider.CreateTimer(
            static context => ((HttpContext)context!).Abort(),
            context,
            timeout - (margin / 2),
            Timeout.InfiniteTimeSpan);
        context.RequestAborted = either.Token;
        try
        {
            await next(context);
        }
        finally
        {
            context.RequestAborted = client;
        }

        if (deadline.IsCancellationRequested && !client.IsCancellationRequested)
        {
            Log.RequestCut(logger, timeout.TotalSeconds);
            await EndAsync(context);
        }
    }

    /// <summary>
    /// To Beam the client was gone, so there is no answer yet, or a broken download. Without any answer the host would send the request
    /// once more, and count its time on.
    /// </summary>
    private static async Task EndAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            return;
        }

        if (!IsBodyRead(context))
        {
            // The host reads no answer before it has sent the body, which may take as long again, and cannot send it twice.
            context.Abort();
            return;
        }

        response.Clear();
        response.StatusCode = StatusCodes.Status504GatewayTimeout;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.RetryAfter = "1";
        await response.WriteAsync("The time that the host gives a request is over; come back for the rest.\n", context.RequestAborted);
    }

    private static bool IsBodyRead(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false)
        {
            return true;
        }

        try
        {
            return context.Request.BodyReader.TryRead(out var read) && read is { IsCompleted: true, Buffer.IsEmpty: true };
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
        {
            // Broken, or left in the middle of a read.
            return false;
        }
    }

    // Beam.Functions has the event ids 4000 to 4999; they are listed in docs/operations.md.
    private static partial class Log
    {
        [LoggerMessage(
            4000,
            LogLevel.Warning,
            "A request was cut before functionTimeout ({Seconds:0.#} s), at which the Functions host would end the program.",
            EventName = "RequestCut")]
        public static partial void RequestCut(ILogger logger, double seconds);
    }
}
