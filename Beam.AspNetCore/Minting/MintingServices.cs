using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beam.AspNetCore.Minting;

/// <summary>Registers the handlers that make tokens and end them.</summary>
internal static class MintingServices
{
    public static IServiceCollection AddMinting(this IServiceCollection services)
    {
        services.TryAddSingleton(new OriginRecorder(describe: null));
        services.TryAddSingleton<TokenMint>();
        services.TryAddSingleton<MintHandler>();
        services.TryAddSingleton<SubTokenHandler>();
        services.TryAddSingleton<RevokeHandler>();
        return services;
    }
}
