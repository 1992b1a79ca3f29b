using System.Threading.RateLimiting;
using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Yarp.Tests.Routes;

/// <summary>The policies of a route act before Beam.</summary>
public sealed class RoutePolicyTests : GatewayTests
{
    private const string Origin = "https://app.example";

    private static readonly (string Name, string Value) Me = (HeaderAuthentication.HeaderName, "me");

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    [Fact]
    public async Task Authorization_KeepsOthersOut()
    {
        var gateway = await StartWithPoliciesAsync();

        Assert.Equal(401, await PostAsync(gateway.Url + "/drop/token"));
        Assert.Equal(201, await PostAsync(gateway.Url + "/drop/token", Me));
    }

    [Fact]
    public async Task RateLimiter_RefusesWhatIsTooMuch()
    {
        var gateway = await StartWithPoliciesAsync();
        var answers = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            answers.Add(await PostAsync(gateway.Url + "/drop/token", Me));
        }

        Assert.Equal([201, 201, 201, 429], answers);
    }

    [Fact]
    [Trait("Rule", "P32")]
    public async Task Cors_LetsTheAllowedOriginInAndNoOther()
    {
        var gateway = await StartWithPoliciesAsync();

        Assert.Equal(201, await PostAsync(gateway.Url + "/drop/token", Me, ("Origin", Origin)));
        Assert.Equal(403, await PostAsync(gateway.Url + "/drop/token", Me, ("Origin", "https://evil.example")));
    }

    private static async Task<int> PostAsync(string url, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await Http.SendAsync(request);
        return (int)response.StatusCode;
    }

    private Task<TestServer> StartWithPoliciesAsync() => StartAsync(
        static builder =>
        {
            builder.Services.AddAuthentication(HeaderAuthentication.SchemeName)
                .AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>(HeaderAuthentication.SchemeName, null);
            builder.Services.AddAuthorizationBuilder().AddPolicy("known", static policy => policy.RequireAuthenticatedUser());
            builder.Services.AddCors(
                static cors => cors.AddPolicy("app", static policy => policy.WithOrigins(Origin).AllowAnyMethod().AllowAnyHeader()));
            builder.Services.AddRateLimiter(static limiter =>
            {
                limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
                limiter.AddFixedWindowLimiter("three", static window =>
                {
                    (window.PermitLimit, window.Window) = (3, TimeSpan.FromHours(1));
                    window.QueueProcessingOrder = QueueProcessingOrder.OldestFirst;
                });
            });
            var route = BeamRouteMounting.Route() with { AuthorizationPolicy = "known", CorsPolicy = "app", RateLimiterPolicy = "three" };
            builder.Services.AddReverseProxy().LoadFromMemory([BeamRouteMounting.WithBeam(route)], []).AddBeam();
        },
        static app =>
        {
            app.UseCors();
            app.UseAuthentication();
            app.UseAuthorization();
            app.UseRateLimiter();
            app.MapReverseProxy();
        });
}
