using System.IO.Compression;
using Beam.Browser.Tests.Support;
using Microsoft.Playwright;

namespace Beam.Browser.Tests;

/// <summary>Without JavaScript: forms and links.</summary>
public sealed class PlainTests(Chromium chromium) : PageTests(chromium)
{
    private static readonly BrowserNewContextOptions NoScript = new() { JavaScriptEnabled = false };

    [Fact]
    [Trait("Rule", "P10")]
    [Trait("Rule", "P12")]
    public async Task Form_SendsAFile_ToABrowserWithoutScriptsToo()
    {
        var server = await StartServerAsync();
        var bytes = TestBytes.Create(1, 3_000_000);
        var sender = await OpenAsync(server.Url(""), NoScript);
        await sender.GetByRole(AriaRole.Button, new() { Name = "Open a channel" }).ClickAsync();
        await SeeTitleAsync(sender, "Channel");
        var channel = sender.Url;
        await sender.GetByLabel("One file").SetInputFilesAsync(NewFolder().Write("plain.bin", bytes));
        var sent = sender.Locator("form[enctype] button").First.ClickAsync();

        var receiver = await OpenAsync(null, NoScript);
        do
        {
            await receiver.GotoAsync(channel);
        }
        while (await receiver.GetByRole(AriaRole.Link, new() { Name = "plain.bin" }).CountAsync() == 0);
        await receiver.GetByRole(AriaRole.Link, new() { Name = "plain.bin" }).ClickAsync();
        var received = await DownloadAsync(receiver);

        Assert.True(bytes.AsSpan().SequenceEqual(received));
        await sent;
        await SeeTitleAsync(sender, "Delivered");
        await SeeAsync(sender, "Confirmed");
        await sender.GetByText("Send another file").ClickAsync();
        await SeeTitleAsync(sender, "Channel");
    }

    [Fact]
    [Trait("Rule", "P12")]
    public async Task Form_SendsSeveralFiles_AsOneZip()
    {
        var server = await StartServerAsync();
        var folder = NewFolder();
        var token = server.Mint();
        var curl = Curl("--fail", "-o", folder["got.zip"], server.Url(token + "/files.zip"));
        var sender = await OpenAsync(server.Url(token), NoScript);
        await sender.GetByLabel("Several files").SetInputFilesAsync(
            [folder.Write("a", TestBytes.Create(1, 1000)), folder.Write("b", TestBytes.Create(2, 20))]);

        await sender.Locator("form[enctype] button").Last.ClickAsync();

        await SeeTitleAsync(sender, "Delivered");
        Assert.Equal(0, await curl.WaitAsync());
        using var zip = ZipFile.OpenRead(folder["got.zip"]);
        Assert.Equal(["a", "b"], zip.Entries.Select(static entry => entry.FullName));
    }

    [Fact]
    [Trait("Rule", "P29")]
    public async Task Refusals_ArePages()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var page = await OpenAsync(server.Url("no-such-token"), NoScript);
        await SeeTitleAsync(page, "Nothing here");
        await SeeAsync(page, "unknown or has expired");

        await page.GotoAsync(server.Url($"{token}/never?download&wait=1"));
        await SeeTitleAsync(page, "Timed out");

        await page.GotoAsync(server.Url($"{token}/%2Fetc"));
        await SeeTitleAsync(page, "That did not work");
    }
}
