using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Requests;

/// <summary>The rest of a request body after its answer is known.</summary>
internal static class RequestBody
{
    // How long a proxy or a slow client may take to send what it has begun. A longer time would hold a connection for nothing.
    private static readonly TimeSpan DiscardTime = TimeSpan.FromSeconds(10);

    /// <summary>Says whether the client sends a body, or goes on sending it, without waiting for the server.</summary>
    public static bool WillSendMore(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false)
        {
            return false;
        }

        // With "Expect: 100-continue" nothing comes unless we read (RFC 9110, section 10.1.1).
        return context.Features.Get<BodyReadFeature>() is not null || !context.Request.Headers.ContainsKey("Expect");
    }

    /// <summary>Notes that somebody reads the body: a client that waited for 100 Continue now sends.</summary>
    /// <param name="context">The request.</param>
    /// <param name="asForm">Whether the reader reads it as a form, through the request's stream.</param>
    public static void NoteReading(HttpContext context, bool asForm = false)
        => context.Features.Set(new BodyReadFeature(asForm || context.Features.Get<BodyReadFeature>() is { IsForm: true }));

    /// <summary>Makes the server close an HTTP/1.1 connection after the answer: the rest of the body may be more than it reads.</summary>
    public static void CloseAfterwards(HttpContext context)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }
    }

    /// <summary>Reads and throws away what still comes, up to a limit in bytes and time.</summary>
    public static async Task DiscardAsync(HttpContext context, long maxBytes)
    {
        var timeProvider = context.RequestServices.GetRequiredService<TimeProvider>();
        using var timeout = new CancellationTokenSource(DiscardTime, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        var body = context.Request.BodyReader;
        try
        {
            for (var left = maxBytes; left > 0;)
            {
                var read = await ReadAsync(context, body, either.Token);
                left -= read.Buffer.Length;
                body.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (BadHttpRequestException)
        {
            // The body is broken; the server closes the connection after the answer.
            return;
        }
        catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException or IOException)
        {
            // It takes too long, the client is gone, or the read that failed before cannot be closed.
        }

        // Enough was read to be polite. Without this, the server would read on for some seconds, or call the open read an error of ours.
        context.Abort();
    }

    /// <summary>
    /// Reads on. A form's stream leaves a cancelled read open, and then nobody can read the rest of the body to throw it away.
    /// </summary>
    private static async ValueTask<ReadResult> ReadAsync(HttpContext context, PipeReader body, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(cancellationToken);
        }
        catch (InvalidOperationException) when (context.Features.Get<BodyReadFeature>() is { IsForm: true })
        {
            Close(body);
            return await body.ReadAsync(cancellationToken);
        }
    }

    private static void Close(PipeReader openRead)
    {
        try
        {
            openRead.AdvanceTo(default);
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or NullReferenceException)
        {
            // The server measures where the read before began, in one block or in several. It has closed the open read by then.
        }
    }

    private sealed record BodyReadFeature(bool IsForm);
}
