using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Functions;

/// <summary>Beam in a function of your own, with the ASP.NET Core integration of the isolated worker.</summary>
public static class BeamFunctions
{
    /// <summary>Answers a request that the function has got: sends, receives, mints, or whatever its path and method name.</summary>
    /// <remarks>The route prefix of the Functions host counts as the path base, so that Beam's links lead to it.</remarks>
    /// <param name="context">The request, whose body has not been read.</param>
    /// <param name="mountedAt">
    /// Where the function's route begins, such as <c>/files</c> for the route <c>files/{*path}</c>; empty, the default, for the route
    /// <c>{*path}</c>.
    /// </param>
    /// <returns>A task for the function to return: it ends with the request, for a transfer when its outcome is known.</returns>
    /// <exception cref="InvalidOperationException">The services are missing: call <c>AddBeamFunctions()</c>.</exception>
    public static Task HandleAsync(HttpContext context, PathString mountedAt = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.RequestServices.GetService<FunctionsDispatcher>() is not { } dispatcher)
        {
            throw new InvalidOperationException(
                "Beam's services are missing. Call AddBeamFunctions() where the application registers its services.");
        }

        return dispatcher.HandleAsync(context, mountedAt);
    }

    /// <inheritdoc cref="HandleAsync(HttpContext, PathString)"/>
    /// <param name="request">The request, whose body has not been read.</param>
    /// <param name="mountedAt">Where the function's route begins; empty, the default, for the route <c>{*path}</c>.</param>
    public static Task HandleAsync(HttpRequest request, PathString mountedAt = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return HandleAsync(request.HttpContext, mountedAt);
    }
}
