using Beam.AspNetCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps what strangers do from filling the logs.</summary>
public static class BeamLogLimitExtensions
{
    /// <summary>Writes warnings and errors of a category which are alike once a minute, with a count, for the whole application.</summary>
    /// <remarks>
    /// <para>
    /// Entries are alike when they have the same level and event id, an exception of the same type with a cause of the same type, and the
    /// same members of enums. The first is written at once and in full. One entry tells how many came within the minute after it.
    /// </para>
    /// <para>
    /// Where strangers can cause an entry with each request, this bounds what they can write. <c>AddReverseProxy().AddBeam()</c> and
    /// <c>AddNodeForwarding</c> call it for what YARP does with requests and for Kestrel's HTTP/2. It does nothing for a logging library
    /// that replaces the container's <see cref="ILoggerFactory"/> afterwards.
    /// </para>
    /// </remarks>
    /// <param name="builder">What <c>AddBeam</c> has returned.</param>
    /// <param name="category">The category. It also stands for all categories below it, after a dot.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="category"/> is <see langword="null"/> or empty.</exception>
    public static BeamBuilder LimitLogEntries(this BeamBuilder builder, string category)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(category);
        builder.Services.AddLogging();
        builder.Services.Configure<LogLimitOptions>(options => options.Categories.Add(category));
        StandBefore(builder.Services);
        return builder;
    }

    private static void StandBefore(IServiceCollection services)
    {
        // The key of the factory that was there before.
        const string Behind = "Beam.LimitedLoggerFactory";
        if (services.Any(static service => service.IsKeyedService && Behind.Equals(service.ServiceKey)))
        {
            return;
        }

        var before = services.Last(static service => service.ServiceType == typeof(ILoggerFactory) && !service.IsKeyedService);
        services.Add(
            before.ImplementationInstance is { } instance ? new ServiceDescriptor(before.ServiceType, Behind, instance)
            : before.ImplementationFactory is { } make
                ? new ServiceDescriptor(before.ServiceType, Behind, (provider, _) => make(provider), ServiceLifetime.Singleton)
            : new ServiceDescriptor(before.ServiceType, Behind, before.ImplementationType!, ServiceLifetime.Singleton));
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(static provider => new LimitedLoggerFactory(
            provider.GetRequiredKeyedService<ILoggerFactory>(Behind),
            provider.GetRequiredService<IOptions<LogLimitOptions>>(),
            provider.GetRequiredService<TimeProvider>())));
    }
}
