using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace Beam.Yarp.Tests;

/// <summary>
/// The gateway of docs/operations.md whose signed-in users mint: every way to a new token is closed to others, on a route that the relay in
/// the gateway serves and on one that leads to nodes. What a token opens stays open.
/// </summary>
public sealed class MintDoorTests : GatewayTests
{
    private const string User = HeaderAuthentication.HeaderName + ": me";

    public static TheoryData<string, string, string> Doors()
    {
        var doors = new TheoryData<string, string, string>();
        foreach (var mount in (string[])["/drop", "/nodes"])
        {
            doors.Add(mount, "POST", "/token");
            doors.Add(mount, "POST", "/Token/");
            doors.Add(mount, "POST", "/%74oken");
            doors.Add(mount, "PUT", "/token");
            doors.Add(mount, "PUT", "/report.txt");
            doors.Add(mount, "PUT", "/report.txt/");
            doors.Add(mount, "PUT", "/n1.00000000000000000000000000");
            doors.Add(mount, "PUT", "/n1.00000000000000000000000000/");
            doors.Add(mount, "PUT", "/%6e1.00000000000000000000000000");
            doors.Add(mount, "PUT", "/");
            doors.Add(mount, "POST", "/");
            doors.Add(mount, "POST", "");
            doors.Add(mount, "POST", "/TOKEN/-/token?rights=send");
            doors.Add(mount, "POST", "/TOKEN/-/TOKEN_WORD/?rights=send");
            doors.Add(mount, "POST", "/TOKEN/%2D/token?rights=receive");
        }

        return doors;
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Door_IsClosed_ToACallerWhoIsNotSignedIn(string mount, string method, string path)
    {
        var (gateway, _) = await StartDocumentedAsync();
        var token = await MintAsync(gateway.Url + mount);
        path = path.Replace("TOKEN_WORD", "Token", StringComparison.Ordinal).Replace("TOKEN", token, StringComparison.Ordinal);

        var curl = Curl(
            "-o", "/dev/null", "-w", "%{http_code}", "--path-as-is", "-X", method, "--data-binary", "a file", gateway.Url + mount + path);

        Assert.True(await curl.WaitAsync() == 0, curl.Describe());
        Assert.Equal("401", curl.OutputText);
    }

    [Theory]
    [InlineData("/drop")]
    [InlineData("/nodes")]
    public async Task Form_IsClosed_ToACallerWhoIsNotSignedIn(string mount)
    {
        var (gateway, _) = await StartDocumentedAsync();

        var curl = Curl("-o", "/dev/null", "-w", "%{http_code}", "-F", "file=a", gateway.Url + mount + "/");

        Assert.True(await curl.WaitAsync() == 0, curl.Describe());
        Assert.Equal("401", curl.OutputText);
    }

    [Theory]
    [InlineData("/drop")]
    [InlineData("/nodes")]
    public async Task Doors_AreOpen_ToASignedInUser_AndATokenIsEnoughForTheRest(string mount)
    {
        var (gateway, _) = await StartDocumentedAsync();
        var url = gateway.Url + mount;
        var token = await MintAsync(url);
        var link = await OutputAsync("-X", "POST", "-H", User, $"{url}/{token}/-/token?rights=receive");

        // With the link that the one command has printed.
        var oneShot = Upload("at once"u8.ToArray(), url + "/report.txt", "-H", User);
        await oneShot.WaitForOutputAsync("\n");
        Assert.Equal("at once", await OutputAsync(oneShot.OutputText.Split('\n')[0].Trim()));
        Assert.True(await oneShot.WaitAsync() == 0, oneShot.Describe());

        // With tokens: a body, a form, a piece, a status, a cancellation.
        foreach (var (name, sender) in new (string, ClientProcess)[]
        {
            ("body", Upload("by link"u8.ToArray(), $"{url}/{token}/body")),
            ("form", Curl("--fail", "-F", "file=by link;filename=form", $"{url}/{token}")),
            ("piece", Curl("--fail", "-X", "POST", "--data-binary", "by link", $"{url}/{token}/piece")),
        })
        {
            Assert.Contains("by link", await OutputAsync($"{url}/{link}/{name}"), StringComparison.Ordinal);
            Assert.True(await sender.WaitAsync() == 0, sender.Describe());
            Assert.NotEmpty(await OutputAsync($"{url}/{link}/{name}?status"));
        }

        Assert.Empty(await OutputAsync("-X", "DELETE", $"{url}/{token}"));
    }

    [Theory]
    [InlineData("/drop")]
    [InlineData("/nodes")]
    public async Task Token_IsEnoughForALink_WhenTheOptionSaysSo(string mount)
    {
        var (gateway, _) = await StartDocumentedAsync(static options => options.MintPolicyCoversLinks = false);
        var url = gateway.Url + mount;
        var token = await MintAsync(url);

        Assert.NotEmpty(await OutputAsync("-X", "POST", $"{url}/{token}/-/token?rights=receive"));
        Assert.Equal("401", await OutputAsync(fails: false, "-o", "/dev/null", "-w", "%{http_code}", "-X", "POST", url + "/token"));
    }

    [Theory]
    [InlineData("/drop")]
    [InlineData("/nodes")]
    public async Task Policy_OfTheOptions_HoldsForRoutesThatNameNone(string mount)
    {
        var (gateway, _) = await StartAsync(
            static node => node.MintPolicy = null,
            static gateway => gateway.MintPolicy = "signed-in",
            static config => config);
        var url = gateway.Url + mount;

        Assert.Equal("401", await OutputAsync(fails: false, "-o", "/dev/null", "-w", "%{http_code}", "-T", "/dev/null", url + "/a"));
        Assert.NotEmpty(await MintAsync(url));
    }

    [Theory]
    [InlineData("/drop")]
    [InlineData("/nodes")]
    public async Task Route_CanBeOpen_AlthoughTheOptionsHaveAPolicy(string mount)
    {
        var (gateway, _) = await StartAsync(
            static node => node.MintPolicy = null,
            static gateway => gateway.MintPolicy = "signed-in",
            static route => route.WithBeamMintPolicy("Anonymous"));

        Assert.NotEmpty(await OutputAsync("-X", "POST", gateway.Url + mount + "/token"));
    }

    [Fact]
    public async Task Gateway_DoesNotStart_WithAPolicyThatDoesNotExist()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(
            static node => node.MintPolicy = null,
            static gateway => gateway.MintPolicy = null,
            static route => route.WithBeamMintPolicy("singed-in")));

        Assert.Contains("Route 'drop' has the metadata 'BeamMintPolicy'", exception.ToString(), StringComparison.Ordinal);
        Assert.Contains("There is no authorization policy 'singed-in'", exception.ToString(), StringComparison.Ordinal);
    }

    private static void AddUsers(WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication(HeaderAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>(HeaderAuthentication.SchemeName, null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("signed-in", static policy => policy.RequireAuthenticatedUser());
    }

    private static void Map(WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapReverseProxy();
    }

    private async Task<(TestServer Gateway, TestServer Node)> StartDocumentedAsync(Action<AspNetCore.BeamHttpOptions>? configure = null)
    {
        var node = await StartNodeAsync(static _ => { });
        var gateway = await StartAsync(
            builder =>
            {
                AddUsers(builder);
                builder.Services.Configure<AspNetCore.BeamHttpOptions>(options => configure?.Invoke(options));
                builder.Services.AddReverseProxy().LoadFromConfig(DocumentedRoutes.Read(node.Url)).AddBeam();
            },
            Map);
        return (gateway, node);
    }

    private async Task<(TestServer Gateway, TestServer Node)> StartAsync(
        Action<AspNetCore.BeamHttpOptions> configureNode,
        Action<AspNetCore.BeamHttpOptions> configureGateway,
        Func<RouteConfig, RouteConfig> change)
    {
        var node = await StartNodeAsync(configureNode);
        var route = new RouteConfig { RouteId = "nodes", ClusterId = "nodes", Match = new RouteMatch { Path = "/nodes/{**rest}" } };
        var cluster = new ClusterConfig
        {
            ClusterId = "nodes",
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["Beam"] = "true" },
            Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal) { ["n1"] = new() { Address = node.Url } },
        };
        var gateway = await StartAsync(
            builder =>
            {
                AddUsers(builder);
                builder.Services.Configure(configureGateway);
                builder.Services.AddReverseProxy()
                    .LoadFromMemory([change(BeamRouteMounting.WithBeam(BeamRouteMounting.Route())), change(route)], [cluster])
                    .AddBeam();
            },
            Map);
        return (gateway, node);
    }

    private Task<TestServer> StartNodeAsync(Action<AspNetCore.BeamHttpOptions> configure) => StartAsync(
        builder =>
        {
            builder.Services.Configure(configure);
            builder.Services.AddBeam(static options => options.NodeId = "n1");
        },
        static app => app.MapBeam("/nodes"));

    private Task<string> MintAsync(string url) => OutputAsync("-X", "POST", "-H", User, url + "/token");

    private Task<string> OutputAsync(params string[] arguments) => OutputAsync(fails: true, arguments);

    private async Task<string> OutputAsync(bool fails, params string[] arguments)
    {
        var curl = Curl([.. fails ? ["--fail"] : Array.Empty<string>(), .. arguments]);
        Assert.True(await curl.WaitAsync() == 0, curl.Describe());
        return curl.OutputText.Trim();
    }
}
