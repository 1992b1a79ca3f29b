using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Requests;

/// <summary>What is left of a request body after its answer is known.</summary>
internal static class RequestBody
{
    // A proxy or a slow client gets this long to send what it has begun; longer would hold a connection for nothing.
    private static readonly TimeSpan DiscardTime = TimeSpan.FromSeconds(10);

    /// <summary>Says whether the client sends a body, or goes on sending one, without waiting for our word.</summary>
    public static bool WillSendMore(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false)
        {
            return false;
        }

        // With "Expect: 100-continue" nothing comes unless we read (RFC 9110, section 10.1.1).
        return context.Features.Get<BodyReadFeature>() is not null || !context.Request.Headers.ContainsKey("Expect");
    }

    /// <summary>Notes that the body is being read, so that a client that waited to be asked is sending.</summary>
    /// <param name="context">The request.</param>
    /// <param name="asForm">Whether it is read as a form, through the request's stream.</param>
    public static void NoteReading(HttpContext context, bool asForm = false)
        => context.Features.Set(new BodyReadFeature(asForm || context.Features.Get<BodyReadFeature>() is { IsForm: true }));

    /// <summary>Has an HTTP/1.1 connection closed after the answer: what is left of the body may be more than is read.</summary>
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

        // Enough was read to be polite. Left to itself the server would read on for some seconds, or call the open read an error of ours.
        context.Abort();
    }

    /// <summary>Reads on. A form's stream leaves a cancelled read open, and with it the body unreadable for whoever discards the rest.</summary>
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
        catch (ArgumentOutOfRangeException)
        {
            // Bytes came with the cancellation. Where they begin only the stream knows, so that the rest cannot be discarded but by closing.
        }
    }

    private sealed record BodyReadFeature(bool IsForm);
}
