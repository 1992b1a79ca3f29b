using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beam.AspNetCore.Overview;

/// <summary>Registers what shows the relay to those who run it.</summary>
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
