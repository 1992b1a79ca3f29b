namespace Beam.Server.Hosting;

/// <summary>The answer when a handler failed unexpectedly. An answer that had begun is cut off instead.</summary>
internal static class LastWords
{
    public static Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync("The relay failed.\n", context.RequestAborted);
    }
}
