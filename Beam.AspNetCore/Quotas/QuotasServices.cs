using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Quotas;

/// <summary>Registers the quotas and their options.</summary>
internal static class QuotasServices
{
    public static IServiceCollection AddQuotas(this IServiceCollection services)
    {
        services.AddOptions<BeamQuotaOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BeamQuotaOptions>, BeamQuotaOptionsValidator>());
        services.TryAddSingleton<AddressAccounts>();
        services.TryAddSingleton<QuotaGate>();
        services.TryAddSingleton<TokenQuota>();
        return services;
    }
}
