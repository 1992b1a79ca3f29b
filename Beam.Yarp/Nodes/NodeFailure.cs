using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Forwarding;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Beam.Yarp.Nodes;

/// <summary>What the gateway says of a node that gave no answer.</summary>
internal static class NodeFailure
{
    /// <summary>
    /// Says whether no connection to the node could be made, and not because this process lacks something. A node that breaks off may only
    /// have cut a transfer.
    /// </summary>
    public static bool IsUnreachable(Exception? exception)
        => exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError
                or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError
        }
        && !NodeConnections.IsLacking(exception);

    public static Task AnswerAsync(HttpContext context, IForwarderErrorFeature error)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        if (IsClientGone(context, error))
        {
            // The read of its body is still open, and the server would call it an error of ours.
            context.Abort();
            return Task.CompletedTask;
        }

        return Find(context, error) is { } reason ? ForwardedRequest.RefuseAsync(context, reason) : Task.CompletedTask;
    }

    /// <summary>Finds the reason; <see langword="null"/> when the answer that YARP has chosen says enough.</summary>
    private static NodeError? Find(HttpContext context, IForwarderErrorFeature error)
        => error.Error == ForwarderError.RequestCreation ? NodeError.NotForwardable
            : NodeConnections.IsLacking(error.Exception) ? NodeError.NoConnection
            : HasCause<TimeoutException>(error) ? NodeError.TimedOut
            : StatusOf(context, error) switch
            {
                StatusCodes.Status502BadGateway => IsUnreachable(error.Exception) ? NodeError.Unreachable : NodeError.Lost,
                StatusCodes.Status504GatewayTimeout => NodeError.TimedOut,
                _ => null,
            };

    /// <summary>Says whether the client has left, or has sent a body that breaks off.</summary>
    private static bool IsClientGone(HttpContext context, IForwarderErrorFeature error)
        => context.RequestAborted.IsCancellationRequested
            ? error.Error is ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled or ForwarderError.RequestBodyClient
            : error.Error is ForwarderError.RequestBodyClient && !HasCause<BadHttpRequestException>(error) && !IsStopped(error);

    /// <summary>
    /// Says whether the gateway itself has stopped the upload, because the node's answer was none. To YARP, which finds the read of the
    /// client's body cancelled, that is the client's doing.
    /// </summary>
    private static bool IsStopped(IForwarderErrorFeature error)
        => error.Error is ForwarderError.RequestBodyCanceled or ForwarderError.RequestBodyClient
            && HasCause<OperationCanceledException>(error);

    private static bool HasCause<T>(IForwarderErrorFeature error)
        where T : Exception
    {
        Exception?[] causes = error.Exception is AggregateException several ? [.. several.Flatten().InnerExceptions] : [error.Exception];
        return Array.Exists(causes, static cause => cause?.GetBaseException() is T);
    }

    /// <summary>What the answer would be if the node had failed, and not its client.</summary>
    private static int StatusOf(HttpContext context, IForwarderErrorFeature error)
        => !IsStopped(error) ? context.Response.StatusCode
            : context.Response.StatusCode is StatusCodes.Status408RequestTimeout or StatusCodes.Status504GatewayTimeout
                ? StatusCodes.Status504GatewayTimeout
                : StatusCodes.Status502BadGateway;
}
