using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Beam.AspNetCore.Tests.Diagnostics;

/// <summary>What the health check says.</summary>
public sealed class HealthTests : HttpTests
{
    [Fact]
    public async Task Check_IsHealthy_ThenDegraded_WhenTheRelayIsNearlyFull()
    {
        var server = await StartAsync(static options => options.MaxTokens = 10);
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await AskAsync(server));

        for (var i = 0; i < 9; i++)
        {
            server.Mint();
        }

        Assert.Equal((HttpStatusCode.OK, "Degraded"), await AskAsync(server));
        var report = await server.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal("Nearly full: tokens.", report.Entries["beam"].Description);
        Assert.Equal("9 of 10", report.Entries["beam"].Data["tokens"]);
    }

    [Fact]
    public async Task Check_IsDegraded_WhenMemoryIsNearlyUsedUp()
    {
        var server = await StartAsync(static _ => { }, static http => http.DegradedAt = 0.5);
        var half = server.Budgets.Memory.LimitBytes / 2;
        Assert.True(server.Budgets.Memory.TryLease(half, Buffering.BudgetPriority.Essential));

        Assert.Equal((HttpStatusCode.OK, "Degraded"), await AskAsync(server));
        server.Budgets.Memory.Return(half);
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await AskAsync(server));
    }

    [Fact]
    public async Task Check_IsUnhealthy_WhileTheRelayDrains()
    {
        var server = await StartAsync(static _ => { });

        await server.Relay.DrainAsync();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), await AskAsync(server));
    }

    private Task<BeamServer> StartAsync(Action<BeamOptions> configure, Action<BeamHttpOptions>? configureHttp = null)
        => StartServerAsync(setup =>
        {
            setup.Options = configure;
            setup.HttpOptions = configureHttp ?? setup.HttpOptions;
            setup.Services = static builder => builder.Services.AddHealthChecks().AddBeam();
            setup.App = static app => app.MapHealthChecks("/health");
            setup.Prefix = "/beam";

            // The health checks themselves log what they find.
            setup.ExpectsLog = static entry => entry.Category.Contains("HealthChecks", StringComparison.Ordinal);
        });

    private static async Task<(HttpStatusCode Status, string Text)> AskAsync(BeamServer server)
    {
        using var answer = await server.Client.GetAsync(new Uri($"http://127.0.0.1:{server.Port}/health"));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
