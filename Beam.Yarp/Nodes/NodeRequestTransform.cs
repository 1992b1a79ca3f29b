using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Forwarding;
using Beam.AspNetCore.Minting;
using Beam.Yarp.Routes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;

namespace Beam.Yarp.Nodes;

/// <summary>Prepares a request for its node.</summary>
internal sealed class NodeRequestTransform(RouteConfig route, MintGate gate, NodeChooser nodes, TimeProvider timeProvider)
    : RequestTransform
{
    public override async ValueTask ApplyAsync(RequestTransformContext context)
    {
        var http = context.HttpContext;
        LiftLimits(http);
        if (!await MayGoOnAsync(context))
        {
            return;
        }

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
            new AnyNode(http, nodes, timeProvider, node => Address(context, node.Model.Config.Address)).Prepare(context.ProxyRequest);
        }

        context.ProxyRequest.RequestUri = Address(context, destination.Model.Config.Address);
        NodeDelivery.Prepare(http, context.ProxyRequest);
    }

    /// <summary>Asks for the right to mint, if the node could mint for this request. Otherwise the request has its answer.</summary>
    private async Task<bool> MayGoOnAsync(RequestTransformContext context)
    {
        var http = context.HttpContext;
        if (!NodeMint.IsPossible(http.Request.Method, context.Path.Value, out var isLink))
        {
            return true;
        }

        var mayMint = false;
        await gate.PassAsync(http, Mint, isLink, RouteMintPolicy.Of(route));
        if (!mayMint)
        {
            // YARP would go on with a request whose answer looks untouched.
            await http.Response.StartAsync(CancellationToken.None);
        }

        return mayMint;

        Task Mint(HttpContext context)
        {
            mayMint = true;
            return Task.CompletedTask;
        }
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
