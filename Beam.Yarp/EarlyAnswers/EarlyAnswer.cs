using System.Net;
using Beam.AspNetCore.Forwarding;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Yarp.EarlyAnswers;

/// <summary>
/// An upload whose answer may begin before it ends. The framework's client shows no answer over HTTP/1.1 before it has sent the whole body.
/// But the first line of the answer to a file without a token is the address for the receiver, and the body would wait for that receiver.
/// And a node that refuses an upload is done with it, however slowly its client sends the rest.
/// </summary>
internal static class EarlyAnswer
{
    private static readonly HttpRequestOptionsKey<HttpContext> Key = new("Beam.EarlyAnswer");

    /// <summary>Marks a request that has a body.</summary>
    public static void Prepare(HttpContext context, HttpRequestMessage request)
    {
        if (request.Content is not null && MayHaveBody(context))
        {
            request.Options.Set(Key, context);
        }
    }

    /// <summary>Says whether a request may have a body. A content length of 0 gives it a content, but no body.</summary>
    public static bool MayHaveBody(HttpContext context)
        => context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };

    /// <summary>
    /// Finds a request that <see cref="Prepare"/> has marked and that uses HTTP/1.1; over HTTP/2 answers are early anyway.
    /// </summary>
    public static bool IsWanted(HttpRequestMessage request, out HttpContext context)
        => request.Options.TryGetValue(Key, out context!)
            && request.Version == HttpVersion.Version11
            && request.VersionPolicy != HttpVersionPolicy.RequestVersionOrHigher;

    /// <summary>Sends the request over a connection of its own, and returns as soon as the answer begins.</summary>
    /// <param name="context">The client's request.</param>
    /// <param name="request">The request to the node, whose content is replaced.</param>
    /// <param name="body">The client's body.</param>
    /// <param name="handler">A new handler, which this method takes over.</param>
    /// <param name="check">Throws if the answer is none that can be passed on; then nobody reads the client's body any more.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public static async Task<HttpResponseMessage> SendAsync(
        HttpContext context,
        HttpRequestMessage request,
        HttpContent body,
        SocketsHttpHandler handler,
        Func<HttpResponseMessage, HttpResponseMessage> check,
        CancellationToken cancellationToken)
    {
        // Both live as long as the client's request: YARP passes the answer on, and waits for the rest of the body itself.
        context.Response.RegisterForDispose(handler);
        var timeProvider = context.RequestServices.GetRequiredService<TimeProvider>();
        var content = new EarlyAnswerContent(body, () => ForwardedRequest.NoteReading(context), timeProvider);
        context.Response.RegisterForDispose(content);
        request.Content = content;

        // So the node closes first, and this system keeps no port.
        request.Headers.ConnectionClose = true;
        handler.PlaintextStreamFilter = (connection, _) => ValueTask.FromResult<Stream>(content.Connect(connection.PlaintextStream));
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        try
        {
            var answer = check(await invoker.SendAsync(request, cancellationToken));
            if (IsRefusal(answer) && content.IsSending)
            {
                // The node closes its connection, and the place of that connection must not be held by a client that sends slowly.
                await content.StopAsync();
                ForwardedRequest.DiscardRest(context, answer);
            }

            return answer;
        }
        catch
        {
            await content.StopAsync();
            throw;
        }
    }

    private static bool IsRefusal(HttpResponseMessage answer) => answer.StatusCode >= HttpStatusCode.BadRequest;
}
