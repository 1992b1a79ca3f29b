using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beam.AspNetCore.Uploads;

/// <summary>Registers the handlers that continue uploads and tell where they stand.</summary>
internal static class UploadsServices
{
    public static IServiceCollection AddUploads(this IServiceCollection services)
    {
        services.TryAddSingleton<AppendHandler>();
        services.TryAddSingleton<HeadHandler>();
        services.TryAddSingleton<OptionsHandler>();
        return services;
    }
}
