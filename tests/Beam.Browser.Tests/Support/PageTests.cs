using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Beam.Browser.Tests.Support;

/// <summary>
/// What tests in a browser share: servers, clients and contexts that end with the test. Whatever a page has complained of, a violated
/// Content-Security-Policy above all, fails it.
/// </summary>
public abstract class PageTests(Chromium chromium) : IAsyncLifetime
{
    /// <summary>Gets the browser.</summary>
    protected Chromium Chromium => chromium;

    private const float Patience = 40_000;

    private readonly Belongings _owned = new();
    private readonly ConcurrentQueue<string> _complaints = new();

    /// <summary>Gets which complaints belong to the test.</summary>
    protected Func<string, bool> ExpectsComplaint { get; set; } = static _ => false;

    /// <summary>Skips the test where there is no browser.</summary>
    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(chromium.Obstacle is not null, chromium.Obstacle ?? "");
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends what the test has begun, the newest first.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _owned.DisposeAsync();

        Assert.DoesNotContain(_complaints, complaint => !ExpectsComplaint(complaint));
    }

    private protected async Task<PageServer> StartServerAsync(
        Action<BeamOptions>? options = null,
        Action<AspNetCore.BeamHttpOptions>? http = null,
        Action<Microsoft.Extensions.DependencyInjection.IServiceCollection>? services = null,
        Action<AspNetCore.Routing.BeamEndpointConventionBuilder>? conventions = null)
        => Own(await PageServer.StartAsync(options, http, services, conventions));

    /// <summary>Opens a page in a context of its own, as another person's browser would be.</summary>
    private protected async Task<IPage> OpenAsync(string? url = null, BrowserNewContextOptions? options = null)
    {
        var context = await chromium.Browser.NewContextAsync(options ?? new BrowserNewContextOptions());
        Own(context);
        context.SetDefaultTimeout(Patience);
        context.SetDefaultNavigationTimeout(Patience);
        context.Console += (_, message) =>
        {
            // That somebody polls before there is anything to tell is no mistake of a page's.
            if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                _complaints.Enqueue(message.Text);
            }
        };
        context.WebError += (_, error) => _complaints.Enqueue(error.Error);
        var page = await context.NewPageAsync();
        if (url is not null)
        {
            await page.GotoAsync(url);
        }

        return page;
    }

    /// <summary>Starts curl, silent except for errors.</summary>
    private protected ClientProcess Curl(params IEnumerable<string> arguments)
        => Own(ClientProcess.Start("curl", ["-q", "-sSN", "--max-time", "100", .. arguments], new ClientProcessOptions()));

    private protected TempFolder NewFolder() => _owned.AddDisposable(new TempFolder());

    private protected T Own<T>(T owned)
        where T : IAsyncDisposable => _owned.Add(owned);

    /// <summary>Chooses files on a page that sends.</summary>
    private protected static Task ChooseAsync(IPage page, params string[] files) => page.Locator("[data-files]").SetInputFilesAsync(files);

    /// <summary>Waits for a sentence of the page.</summary>
    private protected static Task SeeAsync(IPage page, string sentence)
        => Assertions.Expect(page.Locator("[data-state]").First).ToContainTextAsync(sentence, new() { Timeout = Patience });

    /// <summary>Waits for a headline.</summary>
    private protected static Task SeeTitleAsync(IPage page, string title)
        => Assertions.Expect(page.Locator("h1:visible")).ToHaveTextAsync(title, new() { Timeout = Patience });

    /// <summary>Waits for the link that a page has made for the receiver.</summary>
    private protected static async Task<string> LinkAsync(IPage page)
    {
        await Assertions.Expect(page.Locator("[data-link]")).ToContainTextAsync("http", new() { Timeout = Patience });
        return await page.Locator("[data-link]").InnerTextAsync();
    }

    /// <summary>Presses the button and takes the file.</summary>
    private protected static async Task<byte[]> DownloadAsync(IPage page)
    {
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("[data-download]").ClickAsync());
        return await File.ReadAllBytesAsync(await download.PathAsync());
    }
}
