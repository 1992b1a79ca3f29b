using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beam.AspNetCore.Delivery;

/// <summary>Makes the server's transports tell how their connections end.</summary>
/// <remarks>
/// This wraps the transports, and does not add a connection middleware with <c>ConfigureEndpointDefaults</c>. A server keeps only the last
/// of those defaults, so the application's own would silently remove Beam's, or Beam's would remove the application's.
/// </remarks>
internal static class ObservedConnectionsExtensions
{
    public static void ObserveConnections(this IServiceCollection services)
    {
        services.TryAddSingleton<ITcpInfoOption, TcpInfoOption>();
        services.TryAddSingleton<TcpKernel>();
        for (var i = 0; i < services.Count; i++)
        {
            var transport = services[i];
            if (transport.ServiceType == typeof(IConnectionListenerFactory)
                && !transport.IsKeyedService
                && transport.ImplementationType is { } type)
            {
                services[i] = Wrap(type);
            }
        }
    }

    private static ServiceDescriptor Wrap([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type)
        => ServiceDescriptor.Singleton<IConnectionListenerFactory>(
            provider => new ObservedListenerFactory(
                (IConnectionListenerFactory)ActivatorUtilities.CreateInstance(provider, type),
                provider.GetRequiredService<TcpKernel>()));
}
