using Beam.Browser.Tests.Support;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Beam.Browser.Tests.Support;

/// <summary>The system's Chromium, started once for all tests; each test opens contexts of its own in it, which share nothing.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private static readonly string? Program = Find();
    private static readonly string[] Switches =
        ["--disable-gpu", "--no-first-run", .. Environment.IsPrivilegedProcess ? (string[])["--no-sandbox"] : []];

    private IPlaywright? _playwright;

    /// <summary>Gets the browser.</summary>
    public IBrowser Browser { get; private set; } = null!;

    /// <summary>Gets why there is none, if there is none.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>Starts it.</summary>
    public async ValueTask InitializeAsync()
    {
        if (Program is null)
        {
            Obstacle = "chromium is not installed";
            return;
        }

        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = Switches });
    }

    /// <summary>Starts another one with a profile in a folder, which has what a context has not: a list of downloads.</summary>
    /// <param name="profile">The folder.</param>
    /// <param name="downloads">Where its downloads go.</param>
    public Task<IBrowserContext> OpenProfileAsync(string profile, string downloads)
        => _playwright!.Chromium.LaunchPersistentContextAsync(
            profile,
            new BrowserTypeLaunchPersistentContextOptions { ExecutablePath = Program, Args = Switches, DownloadsPath = downloads });

    /// <summary>Ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_playwright is not null)
        {
            await Browser.DisposeAsync();
            _playwright.Dispose();
        }
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(static folder => Names.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);
}
