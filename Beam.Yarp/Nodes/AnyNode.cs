using Beam.AspNetCore.Forwarding;
using Beam.Yarp.EarlyAnswers;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Model;

namespace Beam.Yarp.Nodes;

/// <summary>
/// A request without a token, such as one that mints: any node can answer it, and does so at once. A node that hangs takes connections and
/// says nothing. So another node gets the request after a short time, if it has no body that would have to be sent again. If this process
/// has no connection left to a node, another node gets the request at once.
/// </summary>
/// <param name="context">The client's request.</param>
/// <param name="nodes">Chooses, and remembers which nodes do not answer.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="address">Where the request goes on a node.</param>
internal sealed class AnyNode(HttpContext context, NodeChooser nodes, TimeProvider timeProvider, Func<DestinationState, Uri> address)
{
    private const int MostTries = 3;

    private static readonly HttpRequestOptionsKey<AnyNode> Key = new("Beam.AnyNode");

    // A node that lives answers in milliseconds.
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    // For an answer that begins early. Nobody else can give it: the node has a part of the file.
    private static readonly TimeSpan EarlyAnswerTime = TimeSpan.FromSeconds(30);

    /// <summary>Marks a request without a token.</summary>
    public void Prepare(HttpRequestMessage request) => request.Options.Set(Key, this);

    /// <summary>Finds a request that <see cref="Prepare"/> has marked.</summary>
    public static AnyNode? Find(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var any) ? any : null;

    /// <summary>Gets a value indicating whether the request can be sent again: it has no body, and its answer waits for nobody.</summary>
    public bool MayRepeat
        => !EarlyAnswer.MayHaveBody(context)
            && (HttpMethods.IsGet(context.Request.Method)
                || HttpMethods.IsHead(context.Request.Method)
                || HttpMethods.IsPost(context.Request.Method))
            && !ForwardedDownload.IsWanted(context.Request);

    /// <summary>Sends the request to its node, and to others if it does not answer.</summary>
    public Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        Func<CancellationToken, Task<HttpResponseMessage>> send,
        CancellationToken cancellationToken)
        => SendToOneAsync(
            request,
            () => SendOnceAsync(send, AnswerTime, cancellationToken),
            static exception => NodeFailure.IsUnreachable(exception) || IsTimeout(exception));

    /// <summary>Sends an upload whose answer may begin before it ends. Another node gets it only if nothing of it has been sent.</summary>
    public Task<HttpResponseMessage> SendEarlyAsync(
        HttpRequestMessage request,
        Func<CancellationToken, Task<HttpResponseMessage>> send,
        CancellationToken cancellationToken)
        => SendToOneAsync(request, () => SendEarlyOnceAsync(send, cancellationToken), isDead: static _ => false);

    private async Task<HttpResponseMessage> SendToOneAsync(
        HttpRequestMessage request,
        Func<Task<HttpResponseMessage>> send,
        Func<HttpRequestException, bool> isDead)
    {
        var proxy = context.GetReverseProxyFeature();
        var tried = new List<DestinationState>();
        while (true)
        {
            var node = proxy.ProxiedDestination!;
            tried.Add(node);
            try
            {
                return await send();
            }
            catch (HttpRequestException exception) when (NodeConnections.IsLacking(exception) || isDead(exception))
            {
                // What this process lacks says nothing of the node, and there may be a connection to another one.
                if (!NodeConnections.IsLacking(exception))
                {
                    nodes.NoteUnreachable(node);
                }

                // Not what the request has left to choose from: YARP keeps only the choice there.
                var others = proxy.Route.Cluster!.DestinationsState.AvailableDestinations.Except(tried).ToList();
                if (tried.Count == MostTries || nodes.ForNewToken(others) is not { } next)
                {
                    throw;
                }

                proxy.ProxiedDestination = next;
                request.RequestUri = address(next);
            }
        }
    }

    private async Task<HttpResponseMessage> SendEarlyOnceAsync(
        Func<CancellationToken, Task<HttpResponseMessage>> send,
        CancellationToken cancellationToken)
    {
        // The answer to a form waits for the form's beginning, which may be long in coming.
        if (context.Request.HasFormContentType)
        {
            return await send(cancellationToken);
        }

        try
        {
            return await SendOnceAsync(send, EarlyAnswerTime, cancellationToken);
        }
        catch (HttpRequestException exception) when (IsTimeout(exception))
        {
            nodes.NoteUnreachable(context.GetReverseProxyFeature().ProxiedDestination!);
            throw;
        }
    }

    private static bool IsTimeout(HttpRequestException exception) => exception.InnerException is TimeoutException;

    private async Task<HttpResponseMessage> SendOnceAsync(
        Func<CancellationToken, Task<HttpResponseMessage>> send,
        TimeSpan time,
        CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(time, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await send(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException(
                HttpRequestError.ConnectionError,
                "The node does not answer.",
                new TimeoutException("The node does not answer."));
        }
    }
}
