using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Beam.AspNetCore.Tests.Servers;
using Beam.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Events;

/// <summary>Watching a channel, and watching the whole relay.</summary>
public sealed class WideEventsTests : HttpTests
{
    [Fact]
    [Trait("Rule", "P10")]
    [Trait("Rule", "P21")]
    public async Task Channel_CanBeWatched_WithoutTakingAFile()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var watcher = Own(await EventReader.OpenAsync(server.Client, $"{token}?events"));
        Assert.Equal(0, (await watcher.ReadAsync("channel")).GetProperty("transfers").GetArrayLength());

        var sent = server.Client.PutAsync($"{token}/a", new StringContent("some text"));
        var channel = await watcher.ReadUntilAsync("channel", static body => body.GetProperty("transfers").GetArrayLength() == 1);
        Assert.Equal("a", channel.GetProperty("transfers")[0].GetProperty("name").GetString());

        Assert.Equal("some text", await server.Client.GetStringAsync(token));
        using var answer = await sent;
        await watcher.ReadUntilAsync("channel", static body => body.GetProperty("transfers").GetArrayLength() == 0);
    }

    [Fact]
    [Trait("Rule", "P9")]
    public async Task Channel_ShowsNoNames_ToWhoMayOnlySend()
    {
        var server = await StartServerAsync();
        var link = server.Mint(server.Mint(), TokenRights.Send);
        var watcher = Own(await EventReader.OpenAsync(server.Client, $"{link}?events"));

        var channel = await watcher.ReadAsync("channel");

        Assert.Equal(JsonValueKind.Null, channel.GetProperty("transfers").ValueKind);
    }

    [Fact]
    [Trait("Rule", "P11")]
    public async Task Channel_Ends_WhenItsTokenIsRevoked()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var watcher = Own(await EventReader.OpenAsync(server.Client, $"{token}?events"));
        await watcher.ReadAsync("channel");

        using var revoked = await server.Client.DeleteAsync(token);

        Assert.True((await watcher.ReadToEndAsync()).Count <= 1);
    }

    [Fact]
    [Trait("Rule", "P26")]
    public async Task Overview_IsForThoseOfThePolicy_AndShowsShortIds()
    {
        var server = await StartGuardedAsync();
        using var stranger = await server.Client.GetAsync("?events");
        Assert.Equal(HttpStatusCode.Forbidden, stranger.StatusCode);

        var watcher = Own(await EventReader.OpenAsync(server.Client, "?events", static request => request.Headers.Add("X-Role", "admin")));
        Assert.Equal(0, (await watcher.ReadAsync("overview")).GetProperty("activeTransfers").GetInt32());
        var token = server.Mint();
        var sent = server.Client.PutAsync($"{token}/very-private-name", new StringContent("some text"));
        var overview = await watcher.ReadUntilAsync("overview", static body => body.GetProperty("activeTransfers").GetInt32() == 1);

        var transfer = overview.GetProperty("transfers")[0];
        Assert.Equal(server.Relay.GetSnapshot().Transfers[0].Id, transfer.GetProperty("id").GetString());
        Assert.DoesNotContain("very-private-name", overview.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(token, overview.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("some text", await server.Client.GetStringAsync($"{token}/very-private-name"));
        using var answer = await sent;
    }

    [Fact]
    [Trait("Rule", "P26")]
    public async Task Overview_Ends_WhenTheServerStops()
    {
        var server = await StartGuardedAsync();
        var watcher = Own(await EventReader.OpenAsync(server.Client, "?events", static request => request.Headers.Add("X-Role", "admin")));
        await watcher.ReadAsync("overview");

        var stopped = server.StopAsync();

        Assert.True((await watcher.ReadToEndAsync())[^1].Data.GetProperty("isDraining").GetBoolean());
        await stopped.Soon();
    }

    [Fact]
    [Trait("Rule", "P26")]
    public async Task Overview_Ends_WhenThePolicyTakesItBack()
    {
        var clock = new FakeClock();
        var mayLook = true;
        var server = await StartServerAsync(setup =>
        {
            setup.Clock = clock;
            setup.HttpOptions = static options => options.OverviewPolicy = "admin";
            setup.Services = builder => builder.Services.AddAuthorizationBuilder().AddPolicy(
                "admin", policy => policy.RequireAssertion(_ => mayLook));
        });

        await AssertEndsAsync(server, clock, () => mayLook = false);
    }

    [Fact]
    [Trait("Rule", "P26")]
    public async Task Overview_Ends_WhenWhatWasSignedInForExpires()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup =>
        {
            setup.Clock = clock;
            setup.HttpOptions = static options => options.OverviewPolicy = "admin";
            setup.Services = static builder => builder.Services.AddAuthorizationBuilder().AddPolicy(
                "admin", static policy => policy.RequireAssertion(static _ => true));
            setup.App = app => app.Use((context, next) =>
            {
                var properties = new AuthenticationProperties { ExpiresUtc = clock.GetUtcNow() + TimeSpan.FromSeconds(15) };
                var ticket = new AuthenticationTicket(new ClaimsPrincipal(), properties, "test");
                context.Features.Set<IAuthenticateResultFeature>(new SignedIn(AuthenticateResult.Success(ticket)));
                return next(context);
            });
        });

        await AssertEndsAsync(server, clock, static () => { });
    }

    private async Task AssertEndsAsync(BeamServer server, FakeClock clock, Action end)
    {
        var watcher = Own(await EventReader.OpenAsync(server.Client, "?events"));
        await watcher.ReadAsync("overview");
        clock.Advance(TimeSpan.FromSeconds(11));
        await watcher.ReadAsync("overview");

        end();
        clock.Advance(TimeSpan.FromSeconds(11));

        Assert.All(await watcher.ReadToEndAsync(), static last => Assert.False(last.Data.GetProperty("isDraining").GetBoolean()));
    }

    private Task<BeamServer> StartGuardedAsync() => StartServerAsync(static setup =>
    {
        setup.HttpOptions = static options => options.OverviewPolicy = "admin";
        setup.Services = static builder => builder.Services.AddAuthorizationBuilder().AddPolicy(
            "admin", static policy => policy.RequireClaim("role", "admin"));
        setup.App = static app => app.Use(static (context, next) =>
        {
            var role = new Claim("role", context.Request.Headers["X-Role"].ToString());
            context.User = new ClaimsPrincipal(new ClaimsIdentity([role], "test"));
            return next(context);
        });
    });

    private sealed class SignedIn(AuthenticateResult result) : IAuthenticateResultFeature
    {
        public AuthenticateResult? AuthenticateResult { get; set; } = result;
    }
}
