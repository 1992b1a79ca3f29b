using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beam.AspNetCore.Status;

/// <summary>Registers the services that tell where a transfer stands.</summary>
internal static class StatusServices
{
    public static IServiceCollection AddStatus(this IServiceCollection services)
    {
        services.TryAddSingleton<StatusHandler>();
        services.TryAddSingleton<TransferWatcher>();
        return services;
    }
}
