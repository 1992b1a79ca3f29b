using Beam.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Transforms;

namespace Beam.Yarp.Routes;

/// <summary>Answers the requests of a route from the relay in this process. YARP sends nothing once a response has started.</summary>
/// <param name="dispatcher">Beam's operations.</param>
/// <param name="prefix">Where Beam is mounted.</param>
/// <param name="mintPolicy">The route's own policy for minting, if it has one.</param>
/// <param name="logger">Where failures go.</param>
internal sealed partial class BeamRouteTransform(
    BeamDispatcher dispatcher,
    PathString prefix,
    string? mintPolicy,
    ILogger<BeamRouteTransform> logger)
    : RequestTransform
{
    public override async ValueTask ApplyAsync(RequestTransformContext context)
    {
        // The context's token ends with the cluster's ActivityTimeout, which does not suit two sides that wait for each other.
        var http = context.HttpContext;
        try
        {
            await dispatcher.HandleAsync(http, prefix, mintPolicy);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone, and nobody is left to tell.
        }
        catch (Exception exception)
        {
            // YARP would answer it with a status of its own, and cannot after the response has started.
            Log.Failed(logger, exception);
            EndBadly(http);
        }

        await EndAsync(http);
    }

    private static void EndBadly(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    /// <summary>Makes sure that YARP takes the request as answered: to it, 200 without a started response means to go on.</summary>
    private static async ValueTask EndAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || response.StatusCode != StatusCodes.Status200OK)
        {
            return;
        }

        if (context.RequestAborted.IsCancellationRequested)
        {
            response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        else
        {
            await response.StartAsync(context.RequestAborted);
        }
    }

    // Beam.Yarp has the event ids 3000 to 3999; they are listed in docs/operations.md.
    private static partial class Log
    {
        [LoggerMessage(3000, LogLevel.Error, "Beam could not answer a request.", EventName = "RouteFailed")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
