using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beam.AspNetCore.Receiving;

/// <summary>Registers the services that hand out files.</summary>
internal static class ReceivingServices
{
    public static IServiceCollection AddReceiving(this IServiceCollection services)
    {
        services.TryAddSingleton<Download>();
        services.TryAddSingleton<ReceiveHandler>();
        services.TryAddSingleton<ConfirmHandler>();
        services.TryAddSingleton<CancelHandler>();
        return services;
    }
}
