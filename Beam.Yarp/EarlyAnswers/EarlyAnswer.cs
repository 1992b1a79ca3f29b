using Beam.AspNetCore.Forwarding;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Beam.Yarp.EarlyAnswers;

/// <summary>
/// An upload whose answer begins before it ends: a file that is sent without a token. The first line of the answer is the address for
/// the receiver. The framework's client shows no answer over HTTP/1.1 before it has sent the whole body, which would wait for that
/// receiver.
/// </summary>
internal static class EarlyAnswer
{
    private static readonly HttpRequestOptionsKey<HttpContext> Key = new("Beam.EarlyAnswer");

    /// <summary>Marks a request that has no token, if its answer may be of that kind.</summary>
    public static void Prepare(HttpContext context, HttpRequestMessage request)
    {
        var isUpload = HttpMethods.IsPut(context.Request.Method) || HttpMethods.IsPost(context.Request.Method);
        if (isUpload && request.Content is not null && MayHaveBody(context))
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
            && request.Version == System.Net.HttpVersion.Version11
            && request.VersionPolicy != HttpVersionPolicy.RequestVersionOrHigher;

    /// <summary>Sends the request over a connection of its own, and returns as soon as the answer begins.</summary>
    /// <param name="context">The client's request.</param>
    /// <param name="request">The request to the node.</param>
    /// <param name="handler">A new handler, which this method takes over.</param>
    /// <param name="check">Throws if the answer is none that can be passed on; then nobody reads the client's body any more.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public static async Task<HttpResponseMessage> SendAsync(
        HttpContext context,
        HttpRequestMessage request,
        SocketsHttpHandler handler,
        Func<HttpResponseMessage, HttpResponseMessage> check,
        CancellationToken cancellationToken)
    {
        // Both live as long as the client's request: YARP passes the answer on, and waits for the rest of the body itself.
        context.Response.RegisterForDispose(handler);
        var content = new EarlyAnswerContent(request.Content!, () => ForwardedRequest.NoteReading(context));
        context.Response.RegisterForDispose(content);
        request.Content = content;
        handler.PlaintextStreamFilter = (connection, _) => ValueTask.FromResult<Stream>(content.Connect(connection.PlaintextStream));
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        try
        {
            return check(await invoker.SendAsync(request, cancellationToken));
        }
        catch
        {
            await content.StopAsync();
            throw;
        }
    }
}
