using Beam.Yarp.EarlyAnswers;

namespace Beam.Yarp.Nodes;

/// <summary>Sends uploads on as they come, downloads over connections of their own, everything else over shared connections.</summary>
internal sealed class NodeHttpHandler(HttpMessageInvoker shared, Func<SocketsHttpHandler> newHandler) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var any = AnyNode.Find(request);
        if (EarlyAnswer.IsWanted(request, out var context))
        {
            Task<HttpResponseMessage> SendEarlyAsync(CancellationToken cancellationToken)
                => EarlyAnswer.SendAsync(context, request, newHandler(), NodeAnswer.Checked, cancellationToken);

            return await (any?.SendEarlyAsync(SendEarlyAsync, cancellationToken) ?? SendEarlyAsync(cancellationToken));
        }

        if (any is { MayRepeat: true })
        {
            return NodeAnswer.Checked(await any.SendAsync(request, limited => shared.SendAsync(request, limited), cancellationToken));
        }

        if (request.Content is { } content)
        {
            request.Content = new FlushedContent(content, () => NodeDelivery.NoteReading(request));
        }

        return NodeAnswer.Checked(await NodeDelivery.SendAsync(request, shared, newHandler, cancellationToken));
    }
}
