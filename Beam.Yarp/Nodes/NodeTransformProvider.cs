using Beam.AspNetCore.Minting;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Beam.Yarp.Nodes;

/// <summary>Adds to every route that leads to Beam nodes what its requests need on their way.</summary>
internal sealed partial class NodeTransformProvider(
    NodeChooser nodes,
    MintGate gate,
    TimeProvider timeProvider,
    ILogger<NodeTransformProvider> logger)
    : ITransformProvider
{
    public void ValidateRoute(TransformRouteValidationContext context)
    {
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
        foreach (var mistake in NodeCluster.Mistakes(context.Cluster))
        {
            context.Errors.Add(new InvalidOperationException($"Cluster '{context.Cluster.ClusterId}' is one of Beam nodes. {mistake}"));
        }
    }

    public void Apply(TransformBuilderContext context)
    {
        if (!NodeCluster.IsBeam(context.Cluster?.Metadata))
        {
            return;
        }

        if (context.Route.Timeout is not null || context.Route.TimeoutPolicy is not null)
        {
            Log.TimeoutIgnored(logger, context.Route.RouteId);
        }

        // Nodes print links, and compare where a request's page comes from with where the request goes.
        if (!context.RequestTransforms.Any(static transform => transform is RequestHeaderOriginalHostTransform))
        {
            context.AddOriginalHost();
        }

        context.RequestTransforms.Add(new NodeRequestTransform(context.Route, gate, nodes, timeProvider));
        context.ResponseTransforms.Add(new NodeResponseTransform(nodes));
    }

    private static partial class Log
    {
        [LoggerMessage(
            3002,
            LogLevel.Warning,
            "Route '{Route}' leads to Beam nodes, which have deadlines of their own: the route's timeout does nothing.",
            EventName = "NodeTimeoutIgnored")]
        public static partial void TimeoutIgnored(ILogger logger, string route);
    }
}
