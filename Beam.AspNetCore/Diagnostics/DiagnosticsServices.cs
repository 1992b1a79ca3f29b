using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beam.AspNetCore.Diagnostics;

/// <summary>Registers the service that counts requests.</summary>
internal static class DiagnosticsServices
{
    public static IServiceCollection AddDiagnostics(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton<HttpMetrics>();
        return services;
    }
}
