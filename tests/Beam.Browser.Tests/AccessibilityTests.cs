using System.Text.Json;
using Beam.Browser.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Beam.Browser.Tests;

/// <summary>Every page in every state, in both themes and on a phone: axe-core finds nothing.</summary>
public sealed class AccessibilityTests(Chromium chromium, AxePackage axe) : PageTests(chromium)
{
    private const string Judge = """
        async () => {
          const found = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
          const describe = violation =>
            violation.id + ': ' + violation.nodes.map(node => node.html + ' ' + node.failureSummary).join(' | ');
          return [found.passes.length, ...found.violations.map(describe)];
        }
        """;

    [Theory]
    [InlineData(ColorScheme.Light, 1000)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task Pages_HaveNoViolations(ColorScheme scheme, int width)
    {
        Assert.SkipWhen(axe.Obstacle is not null, axe.Obstacle ?? "");
        var server = await StartServerAsync(
            http: static options => options.OverviewPolicy = "everybody",
            services: static services => services.AddAuthorizationBuilder().AddPolicy(
                "everybody", static policy => policy.RequireAssertion(static _ => true)));
        var folder = NewFolder();
        var token = server.Mint();
        var sender = Curl("-T", folder.Write("a name.txt", TestBytes.Create(1, 900_000)), server.Url(token + "/"));
        var options = new BrowserNewContextOptions
        {
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
        };
        var page = await OpenAsync(server.Url(token), options);
        await Assertions.Expect(page.Locator("[data-transfers] tbody tr")).ToHaveCountAsync(1);
        await JudgeAsync(page);

        await page.GetByText("Link for receiving only").ClickAsync();
        await JudgeAsync(page);
        await page.GotoAsync(server.Url(token + "/a%20name.txt"));
        await JudgeAsync(page);
        await page.GotoAsync(server.Url(""));
        await page.Locator("summary").ClickAsync();
        await Assertions.Expect(page.Locator("[data-overview-transfers] tbody tr")).ToHaveCountAsync(1);
        await JudgeAsync(page);
        await page.GotoAsync(server.Url("?overview"));
        await JudgeAsync(page);
        await page.GotoAsync(server.Url("unknown"));
        await JudgeAsync(page);
        var tokens = server.Relay.Tokens;
        await page.GotoAsync(server.Url(tokens.MintSubTokenAsync(tokens.Find(token)!, Tokens.TokenRights.Send).AtOnce()!.Secret));
        await JudgeAsync(page);

        await ChooseAsync(page, folder.Write("b", TestBytes.Create(1, 900_000)));
        await SeeAsync(page, "Waiting for the receiver");
        await JudgeAsync(page);
        await page.Locator("[data-cancel]").ClickAsync();
        await SeeAsync(page, "Cancelled");
        await JudgeAsync(page);
        await page.GotoAsync(server.Url(""));
        await ChooseAsync(page, folder.Write("c", TestBytes.Create(1, 3_000_000)));
        var receiver = Curl("-o", "/dev/null", await LinkAsync(page));
        await SeeAsync(page, "Confirmed");
        await JudgeAsync(page);

        server.Relay.CutAll();
        await sender.WaitAsync();
        await receiver.WaitAsync();
        await page.GotoAsync(server.Url(token + "/a%20name.txt"));
        await SeeAsync(page, "Not delivered");
        await JudgeAsync(page);
    }

    private async Task JudgeAsync(IPage page)
    {
        // By the debugger's way in: the page's own policy lets no such script in.
        await page.EvaluateAsync(axe.Script);
        var verdict = await page.EvaluateAsync<JsonElement>(Judge);
        Assert.True(verdict.GetArrayLength() == 1, $"{page.Url}: {verdict}");
        Assert.InRange(verdict[0].GetInt32(), 15, 200);
    }
}
