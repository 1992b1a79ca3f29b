using Beam.Client;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers <see cref="BeamClient"/>.</summary>
public static class BeamClientServiceCollectionExtensions
{
    private const string Name = "Beam.Client";

    /// <summary>Registers <see cref="BeamClient"/> as a typed client of <c>IHttpClientFactory</c>.</summary>
    /// <remarks>
    /// Requests have no timeout, and the factory's logging is off for them, because their addresses contain tokens. The clock is the
    /// registered <see cref="TimeProvider"/>, if there is one.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="configure">How clients behave.</param>
    /// <returns>A builder for the connections, for example to add handlers.</returns>
    public static IHttpClientBuilder AddBeamClient(this IServiceCollection services, Action<BeamClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<BeamClientOptions>().Configure<IServiceProvider>(static (options, provider)
            => options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider);
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return services.AddHttpClient(Name, static client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(BeamConnections.CreateHandler)
            .RemoveAllLoggers()
            .AddTypedClient(static (client, provider)
                => new BeamClient(client, provider.GetRequiredService<IOptions<BeamClientOptions>>().Value));
    }
}
