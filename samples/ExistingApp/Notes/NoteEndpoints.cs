using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace ExistingApp.Notes;

/// <summary>What this application is for: notes, in memory, five requests a minute.</summary>
internal static class NoteEndpoints
{
    private const string RateLimit = "notes";

    public static void AddNotes(this IServiceCollection services)
    {
        services.AddSingleton<ConcurrentQueue<Note>>();
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.AddFixedWindowLimiter(RateLimit, window =>
            {
                window.PermitLimit = 5;
                window.Window = TimeSpan.FromMinutes(1);
                window.QueueProcessingOrder = QueueProcessingOrder.OldestFirst;
            });
        });
    }

    public static void MapNotes(this IEndpointRouteBuilder app)
    {
        var notes = app.MapGroup("/notes").RequireRateLimiting(RateLimit);
        notes.MapGet("", (ConcurrentQueue<Note> all) => all.ToArray());
        notes.MapPost("", (Note note, ConcurrentQueue<Note> all) =>
        {
            all.Enqueue(note);
            return TypedResults.Created((string?)null, note);
        });
    }
}
