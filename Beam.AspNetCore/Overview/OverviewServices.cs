using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beam.AspNetCore.Overview;

/// <summary>Registers the services that show the relay to its operators.</summary>
internal static class OverviewServices
{
    public static IServiceCollection AddOverview(this IServiceCollection services)
    {
        services.TryAddSingleton<OverviewGate>();
        services.TryAddSingleton<OverviewWatcher>();
        services.TryAddSingleton<LandingHandler>();
        services.TryAddSingleton<OperatorCancelHandler>();
        return services;
    }
}
