using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beam.AspNetCore.Assets;

/// <summary>Registers what hands out the files of the pages.</summary>
internal static class AssetsServices
{
    public static IServiceCollection AddAssets(this IServiceCollection services)
    {
        services.TryAddSingleton<AssetHandler>();
        return services;
    }
}
