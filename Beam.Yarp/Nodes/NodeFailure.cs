using Beam.AspNetCore.Forwarding;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Beam.Yarp.Nodes;

/// <summary>What the gateway says of a node that gave no answer.</summary>
internal static class NodeFailure
{
    /// <summary>Says whether no connection to the node could be made. A node that breaks off may only have cut a transfer.</summary>
    public static bool IsUnreachable(IForwarderErrorFeature error)
        => error.Exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError
                or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError
        };

    private static bool IsClientGone(IForwarderErrorFeature error)
        => error.Error is ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled or ForwarderError.RequestBodyClient
            && error.Exception?.GetBaseException() is not BadHttpRequestException;

    public static Task AnswerAsync(HttpContext context, IForwarderErrorFeature error)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        if (IsClientGone(error))
        {
            // The read of its body is still open, and the server would call it an error of ours.
            context.Abort();
            return Task.CompletedTask;
        }

        return context.Response.StatusCode switch
        {
            StatusCodes.Status502BadGateway when IsUnreachable(error) => ForwardedRequest.RefuseAsync(
                context,
                StatusCodes.Status502BadGateway,
                "The node of this token cannot be reached; try again, or with a new token.",
                "node_unreachable"),
            StatusCodes.Status502BadGateway => ForwardedRequest.RefuseAsync(
                context,
                StatusCodes.Status502BadGateway,
                "The node broke off before it had answered; try again.",
                "node_lost"),
            StatusCodes.Status504GatewayTimeout => ForwardedRequest.RefuseAsync(
                context,
                StatusCodes.Status504GatewayTimeout,
                "The node did not answer in time.",
                "node_timeout"),
            _ => Task.CompletedTask,
        };
    }
}
