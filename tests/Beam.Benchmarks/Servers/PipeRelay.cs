using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Beam.Benchmarks.Servers;

/// <summary>The relay that a programmer would write first: two copies and a pipe, with none of Beam's promises.</summary>
internal static class PipeRelay
{
    public static void Map(WebApplication app)
    {
        var meetings = new Meetings<Meeting>();
        app.MapPut("/{token}/{name}", async context =>
        {
            BaselineLimits.Lift(context);
            var meeting = meetings.Join(context.Request.Path);
            meeting.Length.SetResult(context.Request.ContentLength);
            await context.Request.BodyReader.CopyToAsync(meeting.Pipe.Writer);
            await meeting.Pipe.Writer.CompleteAsync();
            await meeting.Done.Task;
            await context.Response.WriteAsync("sent\n");
        });
        app.MapGet("/{token}/{name}", async context =>
        {
            BaselineLimits.Lift(context);
            var meeting = meetings.Join(context.Request.Path);
            context.Response.ContentLength = await meeting.Length.Task;
            await meeting.Pipe.Reader.CopyToAsync(context.Response.BodyWriter);
            meetings.End(context.Request.Path);
            meeting.Done.SetResult();
        });
    }

    private sealed class Meeting
    {
        public Pipe Pipe { get; } = new();

        public TaskCompletionSource<long?> Length { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
