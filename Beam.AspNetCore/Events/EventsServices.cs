using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beam.AspNetCore.Events;

/// <summary>Registers the services for live events.</summary>
internal static class EventsServices
{
    public static IServiceCollection AddEvents(this IServiceCollection services)
    {
        services.TryAddSingleton<EventFeeds>();
        services.TryAddSingleton<EventWatcher>();
        return services;
    }
}
