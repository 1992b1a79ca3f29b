using Beam.AspNetCore.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Forwarding;

/// <summary>Registers what gateways and nodes that forward share.</summary>
internal static class ForwardingServices
{
    public static IServiceCollection AddForwarding(this IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new NodeConnections(
            provider.GetRequiredService<IOptions<BeamHttpOptions>>(),
            provider.GetRequiredService<TcpKernel>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
