using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Tokens;

/// <summary>Whatever guards minting guards every way to mint, however the host has routed the request to Beam.</summary>
[Trait("Rule", "P6")]
[Trait("Rule", "P9")]
[Trait("Rule", "P14")]
public sealed class MintPolicyTests : HttpTests
{
    private const string Policy = "signed-in";

    /// <summary>How an application comes to have a policy on minting.</summary>
    public enum Guard
    {
        /// <summary>On the endpoints.</summary>
        Endpoints,

        /// <summary>In the options, with the endpoints.</summary>
        Options,

        /// <summary>In the options, with one endpoint of the application's that hands requests on.</summary>
        Dispatcher,

        /// <summary>With that endpoint's call.</summary>
        Call,
    }

    public static TheoryData<Guard, string, string> Doors()
    {
        var doors = new TheoryData<Guard, string, string>();
        foreach (var guard in Enum.GetValues<Guard>())
        {
            doors.Add(guard, "POST", "token");
            doors.Add(guard, "PUT", "report.txt");
            doors.Add(guard, "PUT", "report.txt/");
            doors.Add(guard, "PUT", "");
            doors.Add(guard, "POST", "");
            doors.Add(guard, "POST", "TOKEN/-/token?rights=send");
            doors.Add(guard, "POST", "TOKEN/-/Token/?rights=send");
        }

        return doors;
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Door_IsClosed_ToACallerWithoutTheRight(Guard guard, string method, string path)
    {
        var server = await StartServerAsync(setup => SetUp(setup, guard));
        path = path.Replace("TOKEN", server.Mint(), StringComparison.Ordinal);

        using var refused = await SendAsync(server, method, path, user: null);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Single(server.Relay.GetSnapshot().Tokens);
    }

    [Theory]
    [InlineData(Guard.Endpoints)]
    [InlineData(Guard.Options)]
    [InlineData(Guard.Dispatcher)]
    [InlineData(Guard.Call)]
    public async Task Doors_AreOpen_ToACallerWithTheRight(Guard guard)
    {
        var server = await StartServerAsync(setup => SetUp(setup, guard));

        using var minted = await SendAsync(server, "POST", "token", user: "me");
        var token = (await minted.Content.ReadAsStringAsync()).Trim();
        server.Guard(token);
        using var made = await SendAsync(server, "POST", token + "/-/token?rights=receive", user: "me");
        var link = (await made.Content.ReadAsStringAsync()).Trim();
        server.Guard(link);
        var oneShot = Curl(
            "--fail", "-H", $"{HeaderAuthentication.HeaderName}: me", "--data-binary", "at once", "-X", "PUT", server.Url("a"));
        await oneShot.WaitForOutputAsync("\n");
        var address = oneShot.OutputText.Split('\n')[0].Trim();
        server.Guard(new Uri(address).Segments[^2].Trim('/'));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (minted.StatusCode, made.StatusCode));
        Assert.Equal("at once", await server.Client.GetStringAsync(address));
        Assert.True(await oneShot.WaitAsync() == 0, oneShot.Describe());
        await AssertPassesAsync(server, token, link);
    }

    [Theory]
    [InlineData(Guard.Endpoints)]
    [InlineData(Guard.Options)]
    [InlineData(Guard.Dispatcher)]
    [InlineData(Guard.Call)]
    public async Task Token_IsEnoughForALink_WhenTheOptionSaysSo_AndForNothingElse(Guard guard)
    {
        var server = await StartServerAsync(setup => SetUp(setup, guard, static options => options.MintPolicyCoversLinks = false));
        var token = server.Mint();

        using var made = await SendAsync(server, "POST", token + "/-/token?rights=receive", user: null);
        using var minted = await SendAsync(server, "POST", "token", user: null);
        using var oneShot = await SendAsync(server, "PUT", "a", user: null);

        Assert.Equal(
            (HttpStatusCode.Created, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized),
            (made.StatusCode, minted.StatusCode, oneShot.StatusCode));
        await AssertPassesAsync(server, token, (await made.Content.ReadAsStringAsync()).Trim());
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task LargeUpload_HearsTheRefusal_WhenItIsSentWithoutTheRight()
    {
        var server = await StartServerAsync(static setup => SetUp(setup, Guard.Options));
        var file = NewFolder().Write("large", new byte[40_000_000]);

        var curl = Curl("-H", "Expect:", "-o", "/dev/null", "-w", "%{http_code}", "-T", file, server.Url("large"));

        Assert.True(await curl.WaitAsync() == 0, curl.Describe());
        Assert.Equal("401", curl.OutputText);
    }

    [Fact]
    public async Task Caller_IsRefused_WhereNobodyCanSignIn()
    {
        var server = await StartServerAsync(static setup =>
        {
            setup.Services = static builder => builder.Services.AddAuthorizationBuilder()
                .AddPolicy(Policy, static policy => policy.RequireAssertion(static _ => false));
            setup.HttpOptions = static options => options.MintPolicy = Policy;
        });

        using var refused = await server.Client.PostAsync("token", content: null);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("Minting a token is not for everybody here.\n", await refused.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("Default", HttpStatusCode.Unauthorized)]
    [InlineData("Anonymous", HttpStatusCode.Created)]
    public async Task Policy_HasTheNamesThatGatewaysUse(string name, HttpStatusCode status)
    {
        var server = await StartServerAsync(setup => SetUp(setup, Guard.Options, options => options.MintPolicy = name));

        using var answer = await server.Client.PostAsync("token", content: null);

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Start_IsRefused_ForAPolicyThatDoesNotExist()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => StartServerAsync(
            static setup => SetUp(setup, Guard.Options, static options => options.MintPolicy = "singed-in")));

        Assert.Equal("There is no authorization policy 'singed-in', which is to guard minting.", exception.Message);
    }

    [Fact]
    public async Task Start_IsRefused_ForAPolicyWithoutAuthorization()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => StartServerAsync(
            static setup => setup.HttpOptions = static options => options.MintPolicy = Policy));

        Assert.Contains("call services.AddAuthorization()", exception.Message, StringComparison.Ordinal);
    }

    private static void SetUp(TestServerSetup setup, Guard guard, Action<BeamHttpOptions>? configure = null)
    {
        setup.Services = static builder =>
        {
            builder.Services.AddAuthentication(HeaderAuthentication.SchemeName)
                .AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>(HeaderAuthentication.SchemeName, null);
            builder.Services.AddAuthorizationBuilder().AddPolicy(Policy, static policy => policy.RequireAuthenticatedUser());
        };
        setup.HttpOptions = options =>
        {
            options.MintPolicy = guard is Guard.Options or Guard.Dispatcher ? Policy : null;
            configure?.Invoke(options);
        };
        setup.Conventions = beam =>
        {
            if (guard == Guard.Endpoints)
            {
                beam.Mint.RequireAuthorization(Policy);
            }
        };
        setup.App = app =>
        {
            app.UseRouting().UseAuthentication().UseAuthorization();
            if (guard is Guard.Dispatcher or Guard.Call)
            {
                var dispatcher = app.Services.GetRequiredService<BeamDispatcher>();
                app.Use((HttpContext context, RequestDelegate _) => guard == Guard.Call
                    ? dispatcher.HandleAsync(context, default, Policy)
                    : dispatcher.HandleAsync(context));
            }
        };
    }

    private static async Task<HttpResponseMessage> SendAsync(BeamServer server, string method, string path, string? user)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = method == "POST" && path.Length == 0
            ? new MultipartFormDataContent { { new StringContent("a file"), "file", "report.txt" } }
            : new StringContent(method == "PUT" ? "a file" : "");
        if (user is not null)
        {
            request.Headers.Add(HeaderAuthentication.HeaderName, user);
        }

        return await server.Client.SendAsync(request);
    }

    /// <summary>Sends with a token and receives with a link, without anything else.</summary>
    private static async Task AssertPassesAsync(BeamServer server, string token, string link)
    {
        var received = server.Client.GetStringAsync(link + "/by-link");
        using var sent = await server.Client.PutAsync(token + "/by-link", new StringContent("by link"));

        Assert.Equal("by link", await received);
        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
    }
}
