using System.IO.Compression;
using Beam.Browser.Tests.Support;
using Microsoft.Playwright;

namespace Beam.Browser.Tests;

/// <summary>The network goes away in the middle, and what was sent or received stays.</summary>
[Trait("Rule", "P22")]
[Trait("Rule", "P23")]
[Trait("Rule", "P24")]
public sealed class BrokenNetworkTests(Chromium chromium) : PageTests(chromium)
{
    // More than all buffers on the way hold while the receiver stands still.
    private const int Size = 48_000_000;

    // Less than a receiver may go back.
    private const int Beginning = 6_000_000;
    private const int Some = 3_000_000;

    [Fact]
    public async Task Upload_GoesOn_WhereTheNetworkBroke()
    {
        var server = await StartServerAsync();
        var proxy = Own(new CuttingProxy(server.Port));
        var bytes = TestBytes.Create(1, Size);
        var page = await OpenAsync(server.Url("", proxy.Port));
        await ChooseAsync(page, NewFolder().Write("a", bytes));
        var link = new Uri(await LinkAsync(page));
        var receiver = Own(new HeldReceiver(server.Url(link.AbsolutePath["/beam/".Length..]), Beginning));
        await receiver.BeginAsync();

        proxy.Cut();
        await SeeAsync(page, "The connection is lost");
        var sent = proxy.UpBytes;
        proxy.Mend();

        var received = await receiver.FinishAsync();
        Assert.True(bytes.AsSpan().SequenceEqual(received));
        await SeeAsync(page, "Confirmed");

        // What the receiver had before was not sent again; the rest of it is room for requests that carry no file.
        Assert.InRange(proxy.UpBytes - sent, 1, Size - Some);
    }

    [Fact]
    public async Task Upload_GoesOn_AfterTheBrowserWasOffline_AndAsAZip()
    {
        var server = await StartServerAsync();
        var proxy = Own(new CuttingProxy(server.Port));
        var folder = NewFolder();
        var page = await OpenAsync(server.Url("", proxy.Port));
        await ChooseAsync(page, folder.Write("a", TestBytes.Create(1, Size)), folder.Write("b", TestBytes.Create(2, 1000)));
        var link = new Uri(await LinkAsync(page));
        var receiver = Own(new HeldReceiver(server.Url(link.AbsolutePath["/beam/".Length..]), Beginning));
        await receiver.BeginAsync();

        await page.Context.SetOfflineAsync(true);
        proxy.CutOnce();
        await SeeAsync(page, "The connection is lost");
        await page.Context.SetOfflineAsync(false);

        using var file = new MemoryStream(await receiver.FinishAsync());
        await SeeAsync(page, "Confirmed");
        using var zip = new ZipArchive(file);
        Assert.Equal(Size, zip.Entries[0].Length);
        await using var content = await zip.Entries[0].OpenAsync();
        using var got = new MemoryStream();
        await content.CopyToAsync(got);
        Assert.True(TestBytes.Create(1, Size).AsSpan().SequenceEqual(got.ToArray()));
    }

    [Fact]
    public async Task Upload_Ends_WhenSomebodyElseSendsUnderItsNameMeanwhile()
    {
        var server = await StartServerAsync();
        var proxy = Own(new CuttingProxy(server.Port));
        var token = server.Mint();
        var page = await OpenAsync(server.Url(token, proxy.Port));
        await ChooseAsync(page, NewFolder().Write("a", TestBytes.Create(1, Size)));
        await SeeAsync(page, "Waiting for the receiver");
        await Eventually.TrueAsync(
            () => server.Relay.GetSnapshot().Transfers.Any(static transfer => transfer.BytesReceived > 0),
            "it has begun");
        proxy.Cut();
        await SeeAsync(page, "The connection is lost");
        server.Relay.CutAll();
        await Eventually.TrueAsync(() => server.Relay.TransferCount == 0, "it has ended");
        var bytes = TestBytes.Create(2, Size);
        using var client = new HttpClient();
        using var content = new HeldContent(bytes, Beginning);
        var sending = client.PutAsync(new Uri(server.Url(token + "/a")), content);
        await Eventually.TrueAsync(() => server.Relay.TransferCount == 1, "the other one has begun");

        proxy.Mend();
        await SeeAsync(page, "sending another file under this name");
        content.GoOn();
        var curl = Curl("--fail", server.Url(token + "/a"));

        Assert.True(await curl.WaitAsync() == 0, curl.Describe());
        Assert.True(bytes.AsSpan().SequenceEqual(curl.Output));
        using var answer = await sending;
        Assert.True(answer.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Upload_CanBePaused()
    {
        var server = await StartServerAsync();
        var bytes = TestBytes.Create(1, Size);
        var page = await OpenAsync(server.Url(""));
        await ChooseAsync(page, NewFolder().Write("a", bytes));
        var receiver = Own(new HeldReceiver(await LinkAsync(page), Beginning));
        await receiver.BeginAsync();
        await SeeAsync(page, "Sending");

        await page.Locator("[data-pause]").ClickAsync();
        await SeeAsync(page, "Paused");
        await Eventually.TrueAsync(
            () => server.Relay.GetSnapshot().Transfers.All(static transfer => !transfer.IsSenderConnected),
            "the sender has left");
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();

        var received = await receiver.FinishAsync();
        Assert.True(bytes.AsSpan().SequenceEqual(received));
        await SeeAsync(page, "Confirmed");
    }

    [Fact]
    public async Task Upload_GoesInPieces_WhenAProxyTakesOnlySoMuch()
    {
        var server = await StartServerAsync(http: static options => options.MaxAppendBytes = 1_000_000);
        var bytes = TestBytes.Create(1, 5_000_000);
        var page = await OpenAsync(server.Url(""));
        await ChooseAsync(page, NewFolder().Write("a", bytes));

        var curl = Curl("--fail", await LinkAsync(page));

        Assert.True(await curl.WaitAsync() == 0, curl.Describe());
        Assert.True(bytes.AsSpan().SequenceEqual(curl.Output));
        await SeeAsync(page, "Confirmed");
    }

    [Fact]
    public async Task Upload_TakesSmallerPieces_WhenAProxyDoesNotSayHowMuchItTakes()
    {
        const int Limit = 300_000;
        var server = await StartServerAsync();
        var bytes = TestBytes.Create(1, 900_000);
        var page = await OpenAsync(server.Url(""));
        await page.RouteAsync("**/*", static route => route.Request.PostDataBuffer?.Length > Limit
            ? route.FulfillAsync(new() { Status = 413 })
            : route.ContinueAsync());
        await ChooseAsync(page, NewFolder().Write("a", bytes));

        var curl = Curl("--fail", await LinkAsync(page));

        Assert.True(await curl.WaitAsync() == 0, curl.Describe());
        Assert.True(bytes.AsSpan().SequenceEqual(curl.Output));
        await SeeAsync(page, "Confirmed");
    }

    [Fact]
    public async Task Upload_KnowsItsOwn_WhenTheAnswerToItsBeginningIsLost()
    {
        var server = await StartServerAsync();
        var bytes = TestBytes.Create(1, 900_000);
        var page = await OpenAsync(server.Url(server.Mint()));
        var begun = 0;
        await page.RouteAsync("**/a", async route =>
        {
            if (route.Request.Method != "POST")
            {
                await route.ContinueAsync();
                return;
            }

            begun++;
            await route.FetchAsync();
            await route.AbortAsync();
        });
        await ChooseAsync(page, NewFolder().Write("a", bytes));

        var curl = Curl("--fail", page.Url + "/a");

        Assert.True(await curl.WaitAsync() == 0, curl.Describe());
        Assert.True(bytes.AsSpan().SequenceEqual(curl.Output));
        await SeeAsync(page, "Confirmed");
        Assert.Equal(1, begun);
    }

    [Fact]
    public async Task Upload_Ends_WhenItsFileCannotBeReadAnyMore()
    {
        var server = await StartServerAsync();
        var proxy = Own(new CuttingProxy(server.Port));
        var file = NewFolder().Write("a", TestBytes.Create(1, Size));
        var page = await OpenAsync(server.Url("", proxy.Port));
        await ChooseAsync(page, file);
        await SeeAsync(page, "Waiting for the receiver");
        await Eventually.TrueAsync(
            () => server.Relay.GetSnapshot().Transfers.Any(static transfer => transfer.BytesReceived > 0),
            "it has begun");

        await File.WriteAllBytesAsync(file, [1]);
        proxy.Cut();

        await SeeAsync(page, "cannot be read any more");
        await Assertions.Expect(page.Locator("[data-retry]")).ToBeHiddenAsync();
        await Assertions.Expect(page.Locator("[data-another]")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Download_OfChromium_GoesOn_WhereTheNetworkBroke()
    {
        var server = await StartServerAsync();
        var proxy = Own(new CuttingProxy(server.Port));
        var folder = NewFolder();
        var bytes = TestBytes.Create(1, Size);
        var token = server.Mint();
        using var client = new HttpClient();
        using var content = new HeldContent(bytes, Beginning);
        var sending = client.PutAsync(new Uri(server.Url(token + "/a.bin")), content);
        Directory.CreateDirectory(folder["downloads"]);
        await using var context = await Chromium.OpenProfileAsync(folder["profile"], folder["downloads"]);
        var page = context.Pages[0];
        await page.GotoAsync(server.Url(token + "/a.bin", proxy.Port));
        await SeeAsync(page, "Ready to download");
        await page.Locator("[data-download]").ClickAsync();
        await Eventually.TrueAsync(
            () => Directory.GetFiles(folder["downloads"]).Any(static file => new FileInfo(file).Length >= Some),
            "some of the file is there");

        proxy.CutOnce();
        var come = proxy.DownBytes;
        var downloads = await context.NewPageAsync();
        await downloads.GotoAsync("chrome://downloads");
        await PressAsync(downloads.Locator("#more-actions").First);
        await PressAsync(downloads.Locator("#pause-or-resume").First);
        content.GoOn();

        using var answer = await sending;
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await Eventually.TrueAsync(
            () => Directory.GetFiles(folder["downloads"]).Any(file => new FileInfo(file).Length == Size),
            "the file is there");
        var received = await File.ReadAllBytesAsync(Directory.GetFiles(folder["downloads"]).Single());
        Assert.True(bytes.AsSpan().SequenceEqual(received));
        Assert.InRange(proxy.DownBytes - come, 1, Size - (Some / 2));
    }

    /// <summary>Presses a button of Chromium's own pages, which change from one version to the next.</summary>
    private static async Task PressAsync(ILocator button)
    {
        var isThere = true;
        try
        {
            await button.WaitForAsync();
        }
        catch (TimeoutException)
        {
            isThere = false;
        }

        Assert.SkipUnless(isThere, "the list of downloads of this Chromium is another one");
        await button.ClickAsync();
    }
}
