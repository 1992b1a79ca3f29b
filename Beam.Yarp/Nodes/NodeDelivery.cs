using Beam.AspNetCore.Forwarding;
using Microsoft.AspNetCore.Http;

namespace Beam.Yarp.Nodes;

/// <summary>Keeps the word true that a node gives the sender of what this process passes on.</summary>
internal static class NodeDelivery
{
    private static readonly HttpRequestOptionsKey<(ForwardedDownload Download, HttpContext Context)> Key = new("Beam.Download");

    /// <summary>Marks the request: what the client says of itself here is not passed on.</summary>
    public static void Prepare(HttpContext context, HttpRequestMessage request)
    {
        request.Headers.Remove(ForwardedDownload.HeaderName);
        request.Headers.Add(ForwardedDownload.HeaderName, ForwardedDownload.SentOnly);
        if (ForwardedDownload.TryBegin(context) is { } download)
        {
            // The callbacks run after the response is complete, the last one first.
            context.Response.RegisterForDispose(download);
            request.Options.Set(Key, (download, context));
        }
    }

    /// <summary>Sends the request over a connection that ends as the client's does, if it is one for that.</summary>
    public static async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpMessageInvoker shared, Func<SocketsHttpHandler> newHandler, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(Key, out var delivery))
        {
            return await shared.SendAsync(request, cancellationToken);
        }

        delivery.Context.Response.OnCompleted(static download => ((ForwardedDownload)download).EndAsync(), delivery.Download);
        return await delivery.Download.SendAsync(newHandler(), request, cancellationToken);
    }
}
