using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Minting;

/// <summary>Registers the handlers that make tokens and end them, and the gate before those that make them.</summary>
internal static class MintingServices
{
    public static IServiceCollection AddMinting(this IServiceCollection services)
    {
        services.TryAddSingleton(new OriginRecorder(describe: null));
        services.TryAddSingleton<TokenMint>();
        services.TryAddSingleton(static provider => new MintGate(
            provider.GetRequiredService<IOptions<BeamHttpOptions>>(),
            provider.GetService<IAuthorizationPolicyProvider>()));
        services.AddHostedService<MintPolicyCheck>();
        services.TryAddSingleton<MintHandler>();
        services.TryAddSingleton<SubTokenHandler>();
        services.TryAddSingleton<RevokeHandler>();
        return services;
    }
}
