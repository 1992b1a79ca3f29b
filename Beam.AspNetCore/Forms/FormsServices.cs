using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beam.AspNetCore.Forms;

/// <summary>Registers the service that reads forms.</summary>
internal static class FormsServices
{
    public static IServiceCollection AddForms(this IServiceCollection services)
    {
        services.TryAddSingleton<FormIntake>();
        return services;
    }
}
