using Beam.AspNetCore;
using Beam.AspNetCore.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the relay to the application's health checks.</summary>
public static class BeamHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of the relay. A relay that shuts down is unhealthy as soon as it accepts nothing new. It is degraded when its memory,
    /// its disk, its transfers or its tokens are nearly used up (<see cref="BeamHttpOptions.DegradedAt"/>).
    /// </summary>
    /// <param name="builder">What <c>AddHealthChecks</c> has returned.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">
    /// The status of a relay that is shutting down; <see langword="null"/> for <see cref="HealthStatus.Unhealthy"/>.
    /// </param>
    /// <param name="tags">Tags for choosing among checks; <see langword="null"/> for none.</param>
    /// <returns>The builder.</returns>
    public static IHealthChecksBuilder AddBeam(
        this IHealthChecksBuilder builder,
        string name = "beam",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        return builder.AddCheck<RelayHealthCheck>(name, failureStatus, tags ?? []);
    }
}
