using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Forwarding;
using Beam.Yarp.EarlyAnswers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;

namespace Beam.Yarp.Nodes;

/// <summary>Prepares a request for its node.</summary>
internal sealed class NodeRequestTransform(RouteConfig route, NodeChooser nodes, TimeProvider timeProvider) : RequestTransform
{
    public override async ValueTask ApplyAsync(RequestTransformContext context)
    {
        var http = context.HttpContext;
        LiftLimits(http);

        var proxy = http.GetReverseProxyFeature();
        var destination = proxy.ProxiedDestination!;
        if (NodeChooser.Owner(http, proxy.Route.Cluster!) is { } owner)
        {
            // YARP does not ask the policy when only one destination is left to choose, for instance because the others look ill.
            destination = owner;
            proxy.ProxiedDestination = owner;
        }
        else if (NodeCluster.IsDraining(destination))
        {
            await ForwardedRequest.RefuseAsync(http, NodeError.AllDraining);
            return;
        }
        else
        {
            EarlyAnswer.Prepare(http, context.ProxyRequest);
            new AnyNode(http, nodes, timeProvider, node => Address(context, node.Model.Config.Address)).Prepare(context.ProxyRequest);
        }

        context.ProxyRequest.RequestUri = Address(context, destination.Model.Config.Address);
        NodeDelivery.Prepare(http, context.ProxyRequest);
    }

    private static Uri Address(RequestTransformContext context, string prefix)
    {
        var request = context.HttpContext.Request;
        var isUntouched = context.Path == request.Path && context.Query.QueryString == request.QueryString && !request.PathBase.HasValue;
        return (isUntouched ? RawTarget.Address(context.HttpContext, prefix) : null)
            ?? RequestUtilities.MakeDestinationAddress(prefix, context.Path, context.Query.QueryString);
    }

    private void LiftLimits(HttpContext context)
    {
        var bodySize = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
        var limit = bodySize?.MaxRequestBodySize;
        ForwardedRequest.LiftServerLimits(context);
        if (route.MaxRequestBodySize is >= 0 && bodySize is { IsReadOnly: false })
        {
            bodySize.MaxRequestBodySize = limit;
        }
    }
}
