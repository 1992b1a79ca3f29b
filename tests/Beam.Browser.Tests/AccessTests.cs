using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Beam.Browser.Tests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Playwright;

namespace Beam.Browser.Tests;

/// <summary>Pages where minting and the overview ask for a password, which the browser itself asks for.</summary>
[Trait("Rule", "P26")]
public sealed class AccessTests(Chromium chromium) : PageTests(chromium)
{
    private static readonly BrowserNewContextOptions Known = new()
    {
        HttpCredentials = new HttpCredentials { Username = "", Password = "key" },
    };

    [Fact]
    public async Task Sender_WithTheKey_GetsALink()
    {
        var server = await StartGuardedAsync();
        var page = await OpenAsync(server.Url(""), Known);
        await ChooseAsync(page, NewFolder().Write("a", TestBytes.Create(1, 1000)));

        var curl = Curl("--fail", await LinkAsync(page));

        Assert.Equal(0, await curl.WaitAsync());
        await SeeAsync(page, "Confirmed");
    }

    [Fact]
    public async Task Sender_WithAnotherKey_IsTold()
    {
        var server = await StartGuardedAsync();
        var page = await OpenAsync(server.Url(""), new() { HttpCredentials = new HttpCredentials { Username = "", Password = "wrong" } });

        await ChooseAsync(page, NewFolder().Write("a", TestBytes.Create(1, 1000)));

        await SeeAsync(page, "This server did not give you a link");
        await Assertions.Expect(page.Locator("[data-retry]")).ToBeVisibleAsync();
        Assert.Equal(0, server.Relay.Tokens.Count);
    }

    [Fact]
    public async Task Operator_SeesTransfersAsTheyGo_AndCancelsOne()
    {
        var server = await StartGuardedAsync();
        var page = await OpenAsync(server.Url(""), Known);
        await page.GetByText("Overview for operators").ClickAsync();
        await SeeTitleAsync(page, "Overview");
        var curl = Curl("--fail-with-body", "-T", NewFolder().Write("a", TestBytes.Create(1, 1000)), server.Url(server.Mint() + "/"));
        var row = page.Locator("[data-overview-transfers] tbody tr");
        await Assertions.Expect(row).ToContainTextAsync("waiting-for-receiver");
        Assert.DoesNotContain("/a", await row.InnerTextAsync(), StringComparison.Ordinal);

        await row.GetByRole(AriaRole.Button).ClickAsync();

        Assert.Equal(22, await curl.WaitAsync());
        Assert.Equal("The transfer was cancelled.\n", curl.OutputText);
        await Assertions.Expect(page.GetByText("No transfer is waiting or running")).ToBeVisibleAsync();
        Assert.Contains("overview", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operator_OnAPhone_HasTheButtonsInSight()
    {
        var server = await StartGuardedAsync();
        var curl = Curl("-T", NewFolder().Write("a", TestBytes.Create(1, 1000)), server.Url(server.Mint() + "/"));
        await Eventually.TrueAsync(() => server.Relay.GetSnapshot().Transfers.Count == 1, "the transfer waits");

        var page = await OpenAsync(server.Url("?overview"), new(Known) { ViewportSize = new ViewportSize { Width = 390, Height = 800 } });

        var button = page.Locator("[data-overview-transfers] tbody tr").GetByRole(AriaRole.Button);
        await Assertions.Expect(button).ToBeInViewportAsync(new() { Ratio = 1 });
        curl.Kill();
    }

    [Fact]
    public async Task Stranger_CannotCancel()
    {
        var server = await StartGuardedAsync();
        var curl = Curl("-T", NewFolder().Write("a", TestBytes.Create(1, 1000)), server.Url(server.Mint() + "/"));
        await Eventually.TrueAsync(() => server.Relay.GetSnapshot().Transfers.Count == 1, "the transfer waits");
        var id = server.Relay.GetSnapshot().Transfers.Single().Id;

        var stranger = Curl("-o", "/dev/null", "-w", "%{http_code}", "-X", "DELETE", server.Url("-/transfers/" + id));
        var @operator = Curl("-u", ":key", "-o", "/dev/null", "-w", "%{http_code}", "-X", "DELETE", server.Url("-/transfers/unknown"));

        Assert.Equal((0, 0), (await stranger.WaitAsync(), await @operator.WaitAsync()));
        Assert.Equal(("401", "404"), (stranger.OutputText, @operator.OutputText));
        Assert.Equal(1, server.Relay.TransferCount);
        curl.Kill();
    }

    private Task<PageServer> StartGuardedAsync() => StartServerAsync(
        http: static options => options.OverviewPolicy = "key",
        services: static services =>
        {
            services.AddAuthentication("key").AddScheme<AuthenticationSchemeOptions, KeyHandler>("key", configureOptions: null);
            services.AddAuthorizationBuilder().AddPolicy("key", static policy => policy.RequireAuthenticatedUser());
        },
        conventions: static beam => beam.Mint.RequireAuthorization("key"));

    private sealed class KeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        private static readonly string Expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(":key"));

        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Request.Headers.Authorization == Expected
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(Scheme.Name)), Scheme.Name))
            : AuthenticateResult.NoResult());

        protected override Task HandleChallengeAsync(AuthenticationProperties properties)
        {
            Response.StatusCode = StatusCodes.Status401Unauthorized;
            Response.Headers.WWWAuthenticate = "Basic realm=\"Beam\", charset=\"UTF-8\"";
            return Response.WriteAsync("This needs the key.\n");
        }
    }
}
