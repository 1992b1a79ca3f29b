using Beam.AspNetCore;
using Beam.AspNetCore.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Has the application's health checks ask the relay.</summary>
public static class BeamHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of the relay: unhealthy from the moment it takes nothing new because it is shutting down, degraded when its memory, its disk, its
    /// transfers or its tokens are nearly used up (<see cref="BeamHttpOptions.DegradedAt"/>).
    /// </summary>
    /// <param name="builder">What <c>AddHealthChecks</c> has returned.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What a relay that is shutting down counts as; <see langword="null"/> for <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags by which checks can be chosen; <see langword="null"/> for none.</param>
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
