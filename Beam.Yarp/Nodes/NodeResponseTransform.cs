using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Transforms;

namespace Beam.Yarp.Nodes;

/// <summary>Says in words that a node did not answer, and keeps new tokens away from a node that cannot be reached.</summary>
internal sealed class NodeResponseTransform(NodeChooser nodes) : ResponseTransform
{
    public override async ValueTask ApplyAsync(ResponseTransformContext context)
    {
        var http = context.HttpContext;
        if (context.ProxyResponse is not null || http.GetForwarderErrorFeature() is not { } error)
        {
            return;
        }

        if (NodeFailure.IsUnreachable(error.Exception) && http.GetReverseProxyFeature().ProxiedDestination is { } node)
        {
            nodes.NoteUnreachable(node);
        }

        await NodeFailure.AnswerAsync(http, error);
    }
}
