using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Beam.AspNetCore.Channels;

/// <summary>Registers the services that show a channel and hand out its next file.</summary>
internal static class ChannelsServices
{
    public static IServiceCollection AddChannels(this IServiceCollection services)
    {
        services.TryAddSingleton<ChannelWatcher>();
        services.TryAddSingleton<ChannelHandler>();
        return services;
    }
}
