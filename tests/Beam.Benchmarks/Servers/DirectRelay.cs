using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Beam.Benchmarks.Servers;

/// <summary>
/// The least that a relay on Kestrel can do: the sender's request body is written to the receiver's response, with one flush a read.
/// </summary>
internal static class DirectRelay
{
    public static void Map(WebApplication app)
    {
        var meetings = new Meetings<Meeting>();
        app.MapPut("/{token}/{name}", async context =>
        {
            BaselineLimits.Lift(context);
            var meeting = meetings.Join(context.Request.Path);
            var response = await meeting.Response.Task;
            response.ContentLength = context.Request.ContentLength;
            await MoveAsync(context.Request.BodyReader, response.BodyWriter);
            meetings.End(context.Request.Path);
            meeting.Done.SetResult();
            await context.Response.WriteAsync("sent\n");
        });
        app.MapGet("/{token}/{name}", context =>
        {
            BaselineLimits.Lift(context);
            var meeting = meetings.Join(context.Request.Path);
            meeting.Response.SetResult(context.Response);
            return meeting.Done.Task;
        });
    }

    private static async Task MoveAsync(PipeReader from, PipeWriter to)
    {
        while (true)
        {
            var read = await from.ReadAsync();
            foreach (var segment in read.Buffer)
            {
                System.Buffers.BuffersExtensions.Write(to, segment.Span);
            }

            await to.FlushAsync();
            from.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private sealed class Meeting
    {
        public TaskCompletionSource<HttpResponse> Response { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
