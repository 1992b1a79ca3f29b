namespace ExistingApp.Accounts;

/// <summary>
/// Refuses forms of other sites. Without this, another site could sign its visitors in here as somebody else, and what they do then would
/// be that somebody's.
/// </summary>
internal sealed class SameOrigin : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        => ComesFromElsewhere(context.HttpContext.Request)
            ? ValueTask.FromResult<object?>(TypedResults.StatusCode(StatusCodes.Status403Forbidden))
            : next(context);

    private static bool ComesFromElsewhere(HttpRequest request)
    {
        // Every current browser says so over https, and on localhost (Fetch Metadata). Programs such as curl say neither.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();
        return site.Length > 0
            ? site is not ("same-origin" or "none")
            : origin.Length > 0 && origin != $"{request.Scheme}://{request.Host}";
    }
}
