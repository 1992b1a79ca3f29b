using System.Diagnostics.Metrics;
using Beam;
using Beam.Buffering;
using Beam.Diagnostics;
using Beam.Observing;
using Beam.Transfers;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers a relay without a web server.</summary>
public static class BeamCoreServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="Relay"/> and what it needs. Web applications call <c>AddBeam</c> of Beam.AspNetCore instead, which calls this.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options; they are checked when the host starts.</param>
    /// <returns>A builder for further registrations.</returns>
    public static BeamBuilder AddBeamCore(this IServiceCollection services, Action<BeamOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<BeamOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BeamOptions>, BeamOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<RelayBudgets>();
        services.TryAddSingleton(static provider => new BeamMetrics(provider.GetService<IMeterFactory>()));
        services.TryAddSingleton(static provider => new TransferObservers(
            provider.GetServices<ITransferObserver>(),
            provider.GetRequiredService<IOptions<BeamOptions>>(),
            provider.GetRequiredService<BeamMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<TransferObservers>>() ?? NullLogger<TransferObservers>.Instance));
        services.TryAddSingleton<IChunkBufferFactory, DefaultChunkBufferFactory>();
        services.TryAddSingleton(static provider => new RelayHost(
            provider.GetRequiredService<IOptions<BeamOptions>>(),
            provider.GetRequiredService<BeamMetrics>(),
            provider.GetRequiredService<TransferObservers>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<Relay>>() ?? NullLogger<Relay>.Instance));
        services.TryAddSingleton(static provider => new Relay(
            provider.GetRequiredService<RelayHost>(),
            provider.GetRequiredService<IChunkBufferFactory>(),
            provider.GetRequiredService<RelayBudgets>(),
            provider.GetService<ILogger<Relay>>() ?? NullLogger<Relay>.Instance));
        return new BeamBuilder(services);
    }
}
