using Beam.AspNetCore.Requests;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Events;

/// <summary>Writes a feed to one watcher's connection until the feed, the watcher or its token ends.</summary>
internal static class EventStream
{
    public const string Query = "events";

    public static bool IsAsked(HttpRequest request) => request.Query.ContainsKey(Query) || Accepts.Events(request);

    /// <param name="context">The watcher's request.</param>
    /// <param name="feed">What it watches.</param>
    /// <param name="stallTimeout">How long the watcher may take nothing.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="findEnd">Called with each beat: returns the last bytes for the watcher if it may not go on.</param>
    /// <param name="checkInterval">How long events may go on without that; zero for a call before each event.</param>
    public static async Task WriteAsync(
        HttpContext context,
        EventFeed feed,
        TimeSpan stallTimeout,
        TimeProvider timeProvider,
        Func<ValueTask<ReadOnlyMemory<byte>?>> findEnd,
        TimeSpan checkInterval = default)
    {
        WriteHeaders(context.Response);
        EventFrame? seen = null;
        var checkedAt = timeProvider.GetTimestamp();
        try
        {
            await context.Response.StartAsync(context.RequestAborted);
            while (seen is not { IsFinal: true })
            {
                // The newest: a slow reader does not get old frames.
                var frame = feed.Current;
                ReadOnlyMemory<byte>? end = null;
                if (frame.IsBeatAfter(seen) || timeProvider.GetElapsedTime(checkedAt) >= checkInterval)
                {
                    checkedAt = timeProvider.GetTimestamp();
                    end = await findEnd();
                }

                if (!await TryWriteAsync(context, end ?? frame.After(seen), stallTimeout, timeProvider))
                {
                    context.Abort();
                    return;
                }

                if (end is not null)
                {
                    return;
                }

                seen = frame;
                if (!frame.IsFinal)
                {
                    await frame.Replaced.WaitAsync(context.RequestAborted);
                }
            }
        }
        catch (Exception exception)
            when (exception is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The watcher has left, as most do.
        }
    }

    private static void WriteHeaders(HttpResponse response)
    {
        response.ContentType = Accepts.EventStreamType;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.Vary = "Accept";

        // Without this, nginx holds answers back until it has collected more of them.
        response.Headers["X-Accel-Buffering"] = "no";
    }

    private static async ValueTask<bool> TryWriteAsync(
        HttpContext context,
        ReadOnlyMemory<byte> bytes,
        TimeSpan stallTimeout,
        TimeProvider timeProvider)
    {
        if (bytes.IsEmpty)
        {
            return true;
        }

        var writing = context.Response.BodyWriter.WriteAsync(bytes, context.RequestAborted);
        if (writing.IsCompletedSuccessfully)
        {
            return !writing.Result.IsCompleted;
        }

        try
        {
            var flush = await writing.AsTask().WaitAsync(stallTimeout, timeProvider);
            return !flush.IsCompleted;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
