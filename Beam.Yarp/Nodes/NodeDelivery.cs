using Beam.AspNetCore.Forwarding;
using Beam.Yarp.EarlyAnswers;
using Microsoft.AspNetCore.Http;

namespace Beam.Yarp.Nodes;

/// <summary>Keeps a node's word to its sender true while this process passes the file on.</summary>
internal static class NodeDelivery
{
    private static readonly HttpRequestOptionsKey<HttpContext> ClientKey = new("Beam.Client");

    private static readonly HttpRequestOptionsKey<(ForwardedDownload Download, HttpContext Context)> Key = new("Beam.Download");

    /// <summary>Marks the request, and drops what the client says of itself in that header.</summary>
    public static void Prepare(HttpContext context, HttpRequestMessage request)
    {
        request.Options.Set(ClientKey, context);
        EarlyAnswer.Prepare(context, request);
        request.Headers.Remove(ForwardedDownload.HeaderName);
        request.Headers.Add(ForwardedDownload.HeaderName, ForwardedDownload.SentOnly);
        if (ForwardedDownload.TryBegin(context) is { } download)
        {
            // The callbacks run after the response is complete, the last one first.
            context.Response.RegisterForDispose(download);
            request.Options.Set(Key, (download, context));
        }
    }

    /// <summary>Notes that the body of a request that <see cref="Prepare"/> has marked is being read.</summary>
    public static void NoteReading(HttpRequestMessage request)
    {
        if (request.Options.TryGetValue(ClientKey, out var context))
        {
            ForwardedRequest.NoteReading(context);
        }
    }

    /// <summary>
    /// Sends a request that <see cref="Prepare"/> has marked over a connection that ends as the client's does, and others over shared ones.
    /// </summary>
    public static async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        HttpMessageInvoker shared,
        Func<SocketsHttpHandler> newHandler,
        CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(Key, out var delivery))
        {
            return await shared.SendAsync(request, cancellationToken);
        }

        delivery.Context.Response.OnCompleted(static download => ((ForwardedDownload)download).EndAsync(), delivery.Download);
        return await delivery.Download.SendAsync(newHandler(), request, cancellationToken);
    }
}
