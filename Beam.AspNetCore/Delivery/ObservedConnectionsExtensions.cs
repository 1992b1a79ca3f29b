using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Delivery;

/// <summary>Has the server's transports tell how their connections end.</summary>
/// <remarks>
/// The transports are wrapped rather than a connection middleware added with <c>ConfigureEndpointDefaults</c>: of those defaults a server
/// keeps only the last, so the application's own would silently take this away, or this would take away the application's.
/// </remarks>
internal static class ObservedConnectionsExtensions
{
    public static void ObserveConnections(this IServiceCollection services)
    {
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
            provider => new ObservedListenerFactory((IConnectionListenerFactory)ActivatorUtilities.CreateInstance(provider, type)));
}
