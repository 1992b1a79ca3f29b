using Beam.Browser.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Beam.Browser.Tests;

/// <summary>
/// Takes the pictures of the documentation, into the folder that <c>BEAM_SCREENSHOTS</c> names. Runs only with <c>--explicit only</c>.
/// </summary>
public sealed class ScreenshotTests(Chromium chromium) : PageTests(chromium)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("BEAM_SCREENSHOTS");

    [Theory(Explicit = true)]
    [InlineData("light", ColorScheme.Light, 1000, 760)]
    [InlineData("dark", ColorScheme.Dark, 1000, 760)]
    [InlineData("phone-light", ColorScheme.Light, 390, 800)]
    [InlineData("phone-dark", ColorScheme.Dark, 390, 800)]
    public async Task Pages_ArePictured(string suffix, ColorScheme scheme, int width, int height)
    {
        Assert.SkipWhen(Folder is null, "BEAM_SCREENSHOTS is not set");
        var server = await StartServerAsync(
            http: static options => options.OverviewPolicy = "everybody",
            services: static services => services.AddAuthorizationBuilder().AddPolicy(
                "everybody", static policy => policy.RequireAssertion(static _ => true)));
        var open = await StartServerAsync();
        var options = new BrowserNewContextOptions
        {
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = height },
        };
        var files = NewFolder();

        var start = await OpenAsync(open.Url(""), options);
        await ShootAsync(start, "send", suffix);
        await ChooseAsync(start, files.Write("Summer in Lisbon.mp4", TestBytes.Create(1, 40_000_000)));
        var link = await LinkAsync(start);
        await SeeAsync(start, "Waiting for the receiver");
        await ShootAsync(start, "sending", suffix);
        var receive = await OpenAsync(link, options);
        await SeeAsync(receive, "Ready to download");
        await ShootAsync(receive, "receive", suffix);
        var curl = Curl("--limit-rate", "6M", "-o", "/dev/null", link);
        await Assertions.Expect(start.Locator("[data-numbers]")).ToContainTextAsync("left");
        await ShootAsync(start, "progress", suffix);
        await ShootAsync(receive, "receiving", suffix);
        curl.Kill();
        await start.Locator("[data-cancel]").ClickAsync();
        await SeeAsync(receive, "Not delivered");
        await ShootAsync(receive, "failed", suffix);

        var token = open.Mint();
        var done = Curl("-T", files.Write("minutes.pdf", TestBytes.Create(1, 214_000)), open.Url(token + "/"));
        Assert.Equal(0, await Curl("-o", "/dev/null", open.Url(token + "/minutes.pdf")).WaitAsync());
        Assert.Equal(0, await done.WaitAsync());
        _ = Curl("-T", files.Write("Budget 2027 (final, really).xlsx", TestBytes.Create(1, 84_000)), open.Url(token + "/"));
        _ = Curl("-T", files.Write("صورة.png", TestBytes.Create(1, 2_840_000)), open.Url(token + "/"));
        var channel = await OpenAsync(open.Url(token), options);
        await Assertions.Expect(channel.Locator("[data-transfers] tbody tr")).ToHaveCountAsync(2);
        await ShootAsync(channel, "channel", suffix);
        await channel.GetByText("Link for sending only").ClickAsync();
        await ShootAsync(channel, "made", suffix);
        await channel.GotoAsync(await channel.Locator("#made-link").InnerTextAsync());
        await ShootAsync(channel, "upload-request", suffix);
        await channel.GotoAsync(open.Url("nothing"));
        await ShootAsync(channel, "message", suffix);

        var operated = server.Mint();
        _ = Curl("-T", files.Write("a", TestBytes.Create(1, 60_000_000)), server.Url(operated + "/"));
        _ = Curl("--limit-rate", "4M", "-o", "/dev/null", server.Url(operated + "/a"));
        _ = Curl("-T", files.Write("b", TestBytes.Create(1, 700_000)), server.Url(operated + "/"));
        _ = Curl("-o", "/dev/null", server.Url(operated + "/c"));
        var overview = await OpenAsync(server.Url("?overview"), options);
        await Assertions.Expect(overview.Locator("[data-overview-transfers] tbody tr")).ToHaveCountAsync(3);
        await ShootAsync(overview, "overview", suffix);

        var plain = await OpenAsync(open.Url(open.Mint()), new BrowserNewContextOptions(options) { JavaScriptEnabled = false });
        await ShootAsync(plain, "no-script", suffix);
    }

    private static async Task ShootAsync(IPage page, string name, string suffix)
        => await page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(Folder!, $"{name}-{suffix}.png"),
            FullPage = true,
            Animations = ScreenshotAnimations.Disabled,
        });
}
