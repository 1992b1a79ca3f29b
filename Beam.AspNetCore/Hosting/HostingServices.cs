using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Beam.AspNetCore.Hosting;

/// <summary>Registers the service that lets running transfers end before the application does.</summary>
internal static class HostingServices
{
    public static IServiceCollection AddDraining(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DrainService>());
        return services;
    }
}
