using System.Globalization;
using Beam.AspNetCore.Diagnostics;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Pages;
using Beam.AspNetCore.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Answers;

/// <summary>Writes every answer that is not a success: one line of text, problem details (RFC 9457) for those who accept JSON, a page for browsers.</summary>
internal static class Refusal
{
    // Draining and full relays are usually other relays, or this one with room, soon after; who waited in vain may wait again.
    private const string RetryAfterSeconds = "5";

    public static Task WriteAsync(HttpContext context, int status, string reason, string? code = null) => WriteAsync(context, new Answer(status, code, reason));

    /// <summary>Has a request whose client is gone counted as such: nobody reads the answer, but logs and metrics show a status.</summary>
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
        if (status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests or StatusCodes.Status504GatewayTimeout)
        {
            response.Headers.RetryAfter = answer.RetryAfter is { } wait
                ? Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)
                : RetryAfterSeconds;
        }

        if (status is StatusCodes.Status413PayloadTooLarge)
        {
            UploadFields.WriteLimits(context);
        }

        var options = context.RequestServices.GetRequiredService<IOptions<BeamHttpOptions>>().Value;
        var discard = RequestBody.WillSendMore(context);
        if (discard)
        {
            RequestBody.CloseAfterwards(context);
        }

        if (Accepts.Json(context.Request))
        {
            await response.WriteAsJsonAsync(Problem.Of(answer), AnswersJson.Default.Problem, "application/problem+json", context.RequestAborted);
        }
        else if (Accepts.Html(context.Request) && PagePlace.FindRoot(context) is { } root)
        {
            await RefusalPage.Render(answer, root).WriteAsync(context);
        }
        else
        {
            await TextResponse.WriteAsync(context, answer.Reason + "\n");
        }

        if (discard)
        {
            // The client gets the answer at once; what it still sends is read so that closing does not destroy the answer on its way.
            await response.CompleteAsync();
            await RequestBody.DiscardAsync(context, options.MaxDiscardedBytes);
        }
    }
}
