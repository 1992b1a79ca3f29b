using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Answers;

/// <summary>Breaks a response off, so that no client takes it for whole.</summary>
internal static class ResponseAbort
{
    // Far longer than the server takes between two of its lines.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(100);

    /// <summary>Breaks the response off; the handler returns after this.</summary>
    /// <remarks>
    /// When a client breaks off over HTTP/2, the writer wakes before Kestrel notes that the request has ended
    /// (<c>Http2Stream.AbortCore</c>). If the handler returned in between, Kestrel would log that it has written too little. When Kestrel
    /// already has every byte, the note may not come, and is not needed.
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <param name="timeProvider">The clock.</param>
    public static async Task AbortAsync(HttpContext context, TimeProvider timeProvider)
    {
        context.Abort();
        if (!HttpProtocol.IsHttp2(context.Request.Protocol) || context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var noted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = context.RequestAborted.UnsafeRegister(
            static task => ((TaskCompletionSource)task!).TrySetResult(),
            noted);
        using var limit = new CancellationTokenSource(Limit, timeProvider);
        await using var limitRegistration = limit.Token.UnsafeRegister(
            static task => ((TaskCompletionSource)task!).TrySetResult(),
            noted);
        await noted.Task;
    }
}
