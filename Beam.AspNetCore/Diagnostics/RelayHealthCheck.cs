using System.Globalization;
using Beam.Buffering;
using Beam.Transfers;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Diagnostics;

/// <summary>
/// Unhealthy from the moment when the relay accepts nothing new, so that a load balancer looks elsewhere. Degraded when it is nearly full.
/// </summary>
internal sealed class RelayHealthCheck(
    Relay relay,
    RelayBudgets budgets,
    IOptions<BeamOptions> options,
    IOptions<BeamHttpOptions> httpOptions)
    : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        (string Name, long Used, long Limit)[] uses =
        [
            ("memory", budgets.Memory.UsedBytes, budgets.Memory.LimitBytes),
            ("disk", budgets.Disk.UsedBytes, budgets.Disk.LimitBytes),
            ("transfers", relay.TransferCount, options.Value.MaxTransfers),
            ("tokens", relay.Tokens.Count, options.Value.MaxTokens),
        ];
        var data = uses.ToDictionary(
            static use => use.Name,
            static object (use) => string.Create(CultureInfo.InvariantCulture, $"{use.Used} of {use.Limit}"));
        if (relay.IsDraining)
        {
            return Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus, "Shutting down.", data: data));
        }

        // A relay that does not use the disk has a limit of 0 there, and needs no room.
        var full = uses
            .Where(use => use.Limit > 0 && use.Used >= use.Limit * httpOptions.Value.DegradedAt)
            .Select(static use => use.Name)
            .ToList();
        return Task.FromResult(full.Count == 0
            ? HealthCheckResult.Healthy(data: data)
            : HealthCheckResult.Degraded($"Nearly full: {string.Join(", ", full)}.", data: data));
    }
}
