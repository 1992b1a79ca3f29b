using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beam.AspNetCore.OneShot;

/// <summary>Registers the handler for sending without a token.</summary>
internal static class OneShotServices
{
    public static IServiceCollection AddOneShot(this IServiceCollection services)
    {
        services.TryAddSingleton<OneShotHandler>();
        return services;
    }
}
