using System.Text;
using Beam.Browser.Tests.Support;
using Microsoft.Playwright;

namespace Beam.Browser.Tests;

/// <summary>What a stranger may send, and how a browser stays unimpressed.</summary>
public sealed class SafetyTests(Chromium chromium) : PageTests(chromium)
{
    private const string Script = "top.name = 'taken over'; fetch('/beam/token', { method: 'POST' });";

    [Theory]
    [InlineData("page.html", "text/html", "<!doctype html><script>" + Script + "</script>")]
    [InlineData("picture.svg", "image/svg+xml", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>" + Script + "</script></svg>")]
    [Trait("Rule", "P19")]
    public async Task File_DoesNotRun_OnTheRelaysOrigin(string name, string type, string content)
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var curl = Curl(
            "--fail", "-H", "Content-Type: " + type,
            "-T", NewFolder().Write(name, Encoding.UTF8.GetBytes(content)), server.Url(token + "/"));
        var page = await OpenAsync(server.Url($"{token}/{name}"));
        await SeeAsync(page, "Ready to download");
        await page.EvaluateAsync("name = 'mine'");

        // A page that is sent to the address of the file itself gets a download too.
        var download = await page.RunAndWaitForDownloadAsync(() => page.EvaluateAsync("location.search = '?download'"));

        Assert.Equal(content, await File.ReadAllTextAsync(await download.PathAsync()));
        Assert.Equal(0, await curl.WaitAsync());
        Assert.Equal("mine", await page.EvaluateAsync<string>("name"));
        Assert.Equal(1, server.Relay.Tokens.Count);
    }

    [Theory]
    [InlineData("<img src=x onerror=alert(1)>\"'&amp;.txt")]
    [InlineData("<script>top.name=1</script>")]
    [InlineData("';reboot;'.sh")]
    [InlineData("حساب نهائي ٢٠٢٦.pdf")]
    [InlineData("😀 %41 +?#.txt")]
    [Trait("Rule", "P30")]
    public async Task Name_IsShownAsItIs_AndLeadsToTheFile(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var usable = name.Replace('/', '_');
        var server = await StartServerAsync();
        var folder = NewFolder();
        var token = server.Mint();
        var bytes = TestBytes.Create(1, 1000);
        var sender = await OpenAsync(server.Url(token));
        await sender.Locator("[data-files]").SetInputFilesAsync(new FilePayload { Name = usable, MimeType = "text/plain", Buffer = bytes });
        await SeeAsync(sender, "Waiting for the receiver");
        Assert.Equal(usable, await sender.Locator("[data-name]").InnerTextAsync());

        var receiver = await OpenAsync(server.Url(token));
        await receiver.Locator("[data-transfers] a").ClickAsync();
        await SeeAsync(receiver, "Ready to download");
        Assert.Equal(usable, await receiver.Locator("h1").InnerTextAsync());
        var command = await receiver.Locator("#receive-curl").InnerTextAsync();
        var curl = Own(ClientProcess.Start(
            "sh",
            ["-c", $"cd '{folder.Path}' && {command.Replace("-OJ", "-sSo got", StringComparison.Ordinal)}"]));

        Assert.True(await curl.WaitAsync() == 0, curl.Describe());
        Assert.Equal(bytes, await File.ReadAllBytesAsync(folder["got"]));
        await SeeAsync(sender, "Confirmed");
    }

    [Fact]
    [Trait("Rule", "P30")]
    public async Task Name_OfThreeHundredLetters_IsShortened_AndFitsOnAPhone()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var phone = new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 360, Height = 700 } };
        var page = await OpenAsync(server.Url(token), phone);
        await page.Locator("[data-files]").SetInputFilesAsync(
            new FilePayload { Name = new string('ü', 300) + ".tar.gz", MimeType = "text/plain", Buffer = TestBytes.Create(1, 10) });
        await SeeAsync(page, "Waiting for the receiver");
        await AssertFitsAsync(page);

        var receiver = await OpenAsync(server.Url(token), phone);
        await AssertFitsAsync(receiver);
        await receiver.Locator("[data-transfers] a").ClickAsync();
        await SeeAsync(receiver, "Ready to download");
        Assert.EndsWith("ü.gz", await receiver.Locator("h1").InnerTextAsync(), StringComparison.Ordinal);
        await AssertFitsAsync(receiver);
    }

    [Fact]
    public async Task BackButton_LeadsBack_AndSendsNothingTwice()
    {
        var server = await StartServerAsync();
        var page = await OpenAsync(server.Url(""));
        await page.GetByRole(AriaRole.Button, new() { Name = "Open a channel" }).ClickAsync();
        await SeeTitleAsync(page, "Channel");
        var channel = page.Url;

        await page.GoBackAsync();
        await SeeTitleAsync(page, "Send a file");
        await page.GoForwardAsync();
        await SeeTitleAsync(page, "Channel");

        Assert.Equal(channel, page.Url);
        Assert.Equal(1, server.Relay.Tokens.Count);
    }

    [Fact]
    public async Task Policy_KeepsForeignScriptsOut()
    {
        var server = await StartServerAsync();
        var page = await OpenAsync(server.Url(""));
        var violations = 0;
        ExpectsComplaint = complaint =>
        {
            violations++;
            return complaint.Contains("Content Security Policy", StringComparison.Ordinal)
                || complaint.Contains("TrustedScript", StringComparison.Ordinal);
        };

        var isBlocked = await page.EvaluateAsync<bool>(
            """
            () => new Promise(resolve => {
              const script = document.createElement('script');
              addEventListener('securitypolicyviolation', () => resolve(true));
              try {
                script.textContent = 'window.ran = true';
                document.body.append(script);
              } catch {
                resolve(true);
              }

              setTimeout(() => resolve(!window.ran), 2000);
            })
            """);

        Assert.True(isBlocked);
        Assert.Equal(0, violations);
    }

    private static async Task AssertFitsAsync(IPage page)
        => Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
}
