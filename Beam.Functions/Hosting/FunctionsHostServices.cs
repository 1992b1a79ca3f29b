using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beam.Functions.Hosting;

/// <summary>Registers what both models need of the Functions host.</summary>
internal static class FunctionsHostServices
{
    public static void AddFunctionsHost(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<FunctionsHostSettings>();
        services.TryAddSingleton<KnownHosts>();
        services.TryAddSingleton<RequestDeadline>();
    }
}
