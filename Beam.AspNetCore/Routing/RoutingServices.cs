using Beam.AspNetCore.Requests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beam.AspNetCore.Routing;

/// <summary>Registers the services that find the operation that a request asks for.</summary>
internal static class RoutingServices
{
    public static IServiceCollection AddBeamRouting(this IServiceCollection services)
    {
        services.AddRoutingCore();
        services.TryAddSingleton<TokenGate>();
        services.TryAddSingleton<UnknownProxy>();
        services.TryAddSingleton(static provider => new BeamDispatcher(provider));
        return services;
    }
}
