using System.Globalization;
using Beam.AspNetCore.Diagnostics;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Pages;
using Beam.AspNetCore.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Answers;

/// <summary>
/// Writes every answer that is not a success: one line of text, problem details (RFC 9457) for clients that accept JSON, a page for
/// browsers.
/// </summary>
internal static class Refusal
{
    // Soon after, another relay has replaced one that drains, and a full relay has room again. After 504 a client may simply wait again.
    private const string RetryAfterSeconds = "5";

    public static Task WriteAsync(HttpContext context, int status, string reason, string? code = null)
        => WriteAsync(context, new Answer(status, code, reason));

    /// <summary>Marks a request whose client is gone: nobody reads the answer, but logs and metrics show its status.</summary>
    public static void NoteClientGone(HttpContext context)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
    }

    public static async Task WriteAsync(HttpContext context, Answer answer)
    {
        var response = context.Response;
        var status = answer.Status;
        if (context.RequestAborted.IsCancellationRequested)
        {
            NoteClientGone(context);
            return;
        }

        context.RequestServices.GetRequiredService<HttpMetrics>().CountRefused(status, answer.Code);
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (status is StatusCodes.Status503ServiceUnavailable
            or StatusCodes.Status429TooManyRequests
            or StatusCodes.Status504GatewayTimeout)
        {
            response.Headers.RetryAfter = answer.RetryAfter is { } wait
                ? Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)
                : RetryAfterSeconds;
        }

        if (status is StatusCodes.Status413PayloadTooLarge)
        {
            UploadFields.WriteLimits(context);
        }

        await WriteAsync(context, () => WriteBodyAsync(context, answer));
    }

    /// <summary>
    /// Has the application refuse a request. A client in the middle of an upload gets the answer at once, and the relay reads what it still
    /// sends: closing would destroy the answer on its way.
    /// </summary>
    public static async Task WriteAsync(HttpContext context, Func<Task> refuse)
    {
        var discard = RequestBody.WillSendMore(context);
        if (discard)
        {
            RequestBody.CloseAfterwards(context);
        }

        await refuse();
        if (discard)
        {
            var options = context.RequestServices.GetRequiredService<IOptions<BeamHttpOptions>>().Value;
            await context.Response.CompleteAsync();
            await RequestBody.DiscardAsync(context, options.MaxDiscardedBytes);
        }
    }

    private static Task WriteBodyAsync(HttpContext context, Answer answer)
    {
        if (Accepts.Json(context.Request))
        {
            return context.Response.WriteAsJsonAsync(
                Problem.Of(answer),
                AnswersJson.Default.Problem,
                "application/problem+json",
                context.RequestAborted);
        }

        return Accepts.Html(context.Request) && PagePlace.FindRoot(context) is { } root
            ? RefusalPage.Render(answer, root).WriteAsync(context)
            : TextResponse.WriteAsync(context, answer.Reason + "\n");
    }
}
