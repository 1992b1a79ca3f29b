using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beam.AspNetCore.Events;

/// <summary>Registers what shows things as they happen.</summary>
internal static class EventsServices
{
    public static IServiceCollection AddEvents(this IServiceCollection services)
    {
        services.TryAddSingleton<EventFeeds>();
        services.TryAddSingleton<EventWatcher>();
        return services;
    }
}
