using Beam.AspNetCore.Minting;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Configuration.RouteValidators;

namespace Beam.Yarp.Routes;

/// <summary>Reads <c>"Metadata": { "BeamMintPolicy": "signed-in" }</c> of a route, and says when there is no such policy.</summary>
internal sealed class RouteMintPolicy(MintGate gate) : IRouteValidator
{
    public const string Key = "BeamMintPolicy";

    /// <summary>The policy that a route names; <see langword="null"/> for the one of Beam's options.</summary>
    public static string? Of(RouteConfig route) => route.Metadata?.GetValueOrDefault(Key);

    public async ValueTask ValidateAsync(RouteConfig routeConfig, IList<Exception> errors)
    {
        if (Of(routeConfig) is { } policy && await gate.FindMistakeAsync(policy) is { } mistake)
        {
            errors.Add(new InvalidOperationException($"Route '{routeConfig.RouteId}' has the metadata '{Key}'. {mistake}"));
        }
    }
}
