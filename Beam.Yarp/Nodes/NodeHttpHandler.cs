using Beam.Yarp.EarlyAnswers;

namespace Beam.Yarp.Nodes;

/// <summary>
/// Sends uploads on as they come, downloads over connections of their own, everything else over shared connections. Those for requests that
/// only read are apart from the others, because their end can be short.
/// </summary>
internal sealed class NodeHttpHandler(HttpMessageInvoker shared, HttpMessageInvoker reading, Func<SocketsHttpHandler> newHandler)
    : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var any = AnyNode.Find(request);
        if (EarlyAnswer.IsWanted(request, out var context))
        {
            var body = request.Content!;
            Task<HttpResponseMessage> SendEarlyAsync(CancellationToken cancellationToken)
                => EarlyAnswer.SendAsync(context, request, body, newHandler(), NodeAnswer.Checked, cancellationToken);

            return await (any?.SendEarlyAsync(request, SendEarlyAsync, cancellationToken) ?? SendEarlyAsync(cancellationToken));
        }

        var isReading = request.Content is null && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head);
        var client = isReading ? reading : shared;
        if (any is { MayRepeat: true })
        {
            return NodeAnswer.Checked(await any.SendAsync(request, limited => client.SendAsync(request, limited), cancellationToken));
        }

        if (request.Content is { } content)
        {
            request.Content = new FlushedContent(content, () => NodeDelivery.NoteReading(request));
        }

        return NodeAnswer.Checked(await NodeDelivery.SendAsync(request, client, newHandler, cancellationToken));
    }
}
