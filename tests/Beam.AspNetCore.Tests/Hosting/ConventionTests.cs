using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Hosting;

/// <summary>How an application puts Beam among its own endpoints.</summary>
public sealed class ConventionTests : HttpTests
{
    [Fact]
    [Trait("Rule", "P14")]
    [Trait("Rule", "P15")]
    public async Task Mint_CanRequireASignedInUser_WhileReceivingIsByLink()
    {
        var server = await StartServerAsync(static setup =>
        {
            setup.Services = static builder =>
            {
                builder.Services.AddAuthentication(HeaderAuthentication.SchemeName)
                    .AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>(HeaderAuthentication.SchemeName, null);
                builder.Services.AddAuthorization();
            };
            setup.App = static app => app.UseRouting().UseAuthentication().UseAuthorization();
            setup.Conventions = static beam => beam.Mint.RequireAuthorization();
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, "token");
        request.Headers.Add(HeaderAuthentication.HeaderName, "somebody");

        using var refused = await server.Client.PostAsync("token", content: null);
        using var oneShot = await server.Client.PutAsync("name", new StringContent("never read"));
        using var minted = await server.Client.SendAsync(request);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (refused.StatusCode, oneShot.StatusCode));
        Assert.Equal(HttpStatusCode.Created, minted.StatusCode);
        var path = (await minted.Content.ReadAsStringAsync()).TrimEnd() + "/a";
        var received = server.Client.GetStringAsync(path);
        using var sent = await server.Client.PutAsync(path, new StringContent("by link"));
        Assert.Equal("by link", await received);
    }

    [Fact]
    public async Task Conventions_ReachTheirPartAlone()
    {
        var server = await StartServerAsync(static setup => setup.Conventions = static beam =>
        {
            beam.WithMetadata("all");
            beam.Mint.WithMetadata("mint");
            beam.Send.WithMetadata("send");
            beam.Receive.WithMetadata("receive");
            beam.Overview.WithMetadata("overview");
        });
        var endpoints = server.Services.GetRequiredService<Microsoft.AspNetCore.Routing.EndpointDataSource>().Endpoints;

        Assert.All(endpoints, static endpoint => Assert.Contains("all", endpoint.Metadata.OfType<string>()));
        Assert.Equal(["MintHandler", "OneShotHandler", "OneShotHandler", "OneShotHandler", "SubTokenHandler"], Having("mint"));
        Assert.Equal(
            ["AppendHandler", "CancelHandler", "OptionsHandler", "RevokeHandler", "SendHandler", "SendHandler"],
            Having("send"));
        Assert.Equal(["ChannelHandler", "HeadHandler", "ReceiveHandler"], Having("receive"));
        Assert.Equal(["LandingHandler", "OperatorCancelHandler"], Having("overview"));

        IEnumerable<string?> Having(string metadata) => endpoints
            .Where(endpoint => endpoint.Metadata.OfType<string>().Contains(metadata))
            .Select(static endpoint => endpoint.DisplayName)
            .Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task MapBeam_SaysWhatToCall_WhenTheServicesAreMissing()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Services.AddRouting();
        await using var app = builder.Build();

        var exception = Assert.Throws<InvalidOperationException>(() => app.MapBeam());

        Assert.Equal("Beam's services are missing. Call builder.Services.AddBeam() before app.MapBeam().", exception.Message);
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Transfer_IsSent_OnAServerThatCannotTellHowConnectionsEnd()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Services.AddRouting();
        builder.Services.AddBeam();
        await using var app = builder.Build();
        app.MapBeam();
        await app.StartAsync();
        using var client = app.GetTestClient();
        using var minted = await client.PostAsync("token", content: null);
        var path = (await minted.Content.ReadAsStringAsync()).TrimEnd() + "/a";
        var received = client.GetStringAsync(path);

        using var sent = await client.PutAsync(path, new StringContent("in memory"));

        Assert.Equal("in memory", await received);
        Assert.StartsWith("sent: 9 bytes to 1 receiver in ", await sent.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
