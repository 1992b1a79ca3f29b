using Beam.AspNetCore;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Beam.Yarp.Routes;

/// <summary>Reads <c>"Transforms": [{ "Beam": "/drop" }]</c>.</summary>
internal sealed partial class BeamTransformFactory(BeamDispatcher dispatcher, ILoggerFactory loggers) : ITransformFactory
{
    public const string Key = "Beam";

    private readonly ILogger _logger = loggers.CreateLogger<BeamTransformFactory>();

    public static bool IsBeam(RouteConfig route) => route.Transforms?.Any(static transform => transform.ContainsKey(Key)) == true;

    public bool Validate(TransformRouteValidationContext context, IReadOnlyDictionary<string, string> transformValues)
    {
        if (!transformValues.TryGetValue(Key, out var prefix))
        {
            return false;
        }

        foreach (var mistake in RouteCheck.Mistakes(context.Route, transformValues, prefix))
        {
            context.Errors.Add(new InvalidOperationException($"Route '{context.Route.RouteId}' is served by Beam. {mistake}"));
        }

        return true;
    }

    public bool Build(TransformBuilderContext context, IReadOnlyDictionary<string, string> transformValues)
    {
        if (!transformValues.TryGetValue(Key, out var prefix))
        {
            return false;
        }

        Add(context, prefix);
        return true;
    }

    public void Add(TransformBuilderContext context, string prefix)
    {
        if (context.Route.Timeout is not null || context.Route.TimeoutPolicy is not null)
        {
            Log.TimeoutIgnored(_logger, context.Route.RouteId);
        }

        // YARP sends no request, so it need not prepare any.
        context.CopyRequestHeaders = false;
        context.UseDefaultForwarders = false;
        var transform = new BeamRouteTransform(
            dispatcher,
            RouteCheck.ToPath(prefix),
            RouteMintPolicy.Of(context.Route),
            loggers.CreateLogger<BeamRouteTransform>());
        context.RequestTransforms.Insert(0, transform);
    }

    private static partial class Log
    {
        [LoggerMessage(
            3001,
            LogLevel.Warning,
            "Route '{Route}' is served by Beam, which has deadlines of its own: the route's timeout does nothing.",
            EventName = "TimeoutIgnored")]
        public static partial void TimeoutIgnored(ILogger logger, string route);
    }
}
