using System.IO.Compression;
using Beam.AspNetCore;
using Beam.Browser.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Beam.Browser.Tests;

/// <summary>Files from one browser to another, and between browsers and curl.</summary>
[Trait("Rule", "P10")]
[Trait("Rule", "P21")]
[Trait("Rule", "P26")]
public sealed class SendAndReceiveTests(Chromium chromium) : PageTests(chromium)
{
    private const int Size = 5_000_000;

    [Fact]
    public async Task Browser_SendsToABrowser_AndIsToldThatItIsThere()
    {
        var server = await StartServerAsync();
        var bytes = TestBytes.Create(1, Size);
        var sender = await OpenAsync(server.Url(""));
        await ChooseAsync(sender, NewFolder().Write("holiday.bin", bytes));
        var receiver = await OpenAsync(await LinkAsync(sender));
        await SeeAsync(receiver, "Ready to download");
        Assert.Equal("holiday.bin", await receiver.Locator("h1").InnerTextAsync());
        Assert.Equal("4.8 MiB", await receiver.Locator("[data-size]").InnerTextAsync());

        var received = await DownloadAsync(receiver);

        Assert.True(bytes.AsSpan().SequenceEqual(received));
        await SeeAsync(sender, "Confirmed");
        await SeeAsync(receiver, "Delivered");
        await Assertions.Expect(receiver.Locator("[data-download]")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Browser_SendsToCurl()
    {
        var server = await StartServerAsync();
        var bytes = TestBytes.Create(2, Size);
        var sender = await OpenAsync(server.Url(""));
        await ChooseAsync(sender, NewFolder().Write("a b & c.bin", bytes));
        await LinkAsync(sender);
        var picture = await sender.Locator("[data-qr]").EvaluateAsync<int>(
            "async image => { await image.decode(); return image.naturalWidth; }");
        Assert.NotEqual(0, picture);

        var curl = Curl("--fail", await LinkAsync(sender));

        Assert.Equal(0, await curl.WaitAsync());
        Assert.True(bytes.AsSpan().SequenceEqual(curl.Output));
        await SeeAsync(sender, "Confirmed");
    }

    [Fact]
    public async Task Curl_SendsToABrowser_WithTheCommandOfThePage()
    {
        var server = await StartServerAsync();
        var bytes = TestBytes.Create(3, Size);
        var channel = await OpenAsync(server.Url(server.Mint()));
        var command = await channel.Locator("#send-curl").InnerTextAsync();
        var url = command.Split('\'')[1];

        var curl = Curl("--fail", "-T", NewFolder().Write("minutes.pdf", bytes), url);
        await channel.GetByRole(AriaRole.Link, new() { Name = "minutes.pdf" }).ClickAsync();
        var received = await DownloadAsync(channel);

        Assert.True(bytes.AsSpan().SequenceEqual(received));
        Assert.Equal(0, await curl.WaitAsync());
        await channel.GoBackAsync();
        await Assertions.Expect(channel.Locator("[data-recent] tbody tr")).ToContainTextAsync("confirmed");
    }

    [Fact]
    [Trait("Rule", "P9")]
    public async Task Link_ForSending_TakesAFile_AndShowsNoOther()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var bytes = TestBytes.Create(4, Size);
        _ = Curl("-T", NewFolder().Write("secret.txt", TestBytes.Create(1, 10)), server.Url(token + "/"));
        var asker = await OpenAsync(server.Url(token));
        await Assertions.Expect(asker.GetByRole(AriaRole.Link, new() { Name = "secret.txt" })).ToBeVisibleAsync();
        await asker.GetByText("Link for sending only").ClickAsync();
        var giver = await OpenAsync(await asker.Locator("#made-link").InnerTextAsync());
        Assert.DoesNotContain("secret.txt", await giver.ContentAsync(), StringComparison.Ordinal);

        await ChooseAsync(giver, NewFolder().Write("answer.doc", bytes));
        await asker.GetByText("Back to the channel").ClickAsync();
        await asker.GetByRole(AriaRole.Link, new() { Name = "answer.doc" }).ClickAsync();
        var received = await DownloadAsync(asker);

        Assert.True(bytes.AsSpan().SequenceEqual(received));
        await SeeAsync(giver, "Confirmed");
    }

    [Fact]
    public async Task Folder_ArrivesAsOneZip_WhenItIsDropped()
    {
        var server = await StartServerAsync();
        var folder = NewFolder();
        var (one, two) = (TestBytes.Create(5, 2_000_000), TestBytes.Create(6, 70_001));
        Directory.CreateDirectory(folder["album/Übermut"]);
        folder.Write("album/one.bin", one);
        folder.Write("album/Übermut/two 😀.bin", two);
        folder.Write("album/none", []);
        var sender = await OpenAsync(server.Url(""));

        await DropAsync(sender, folder["album"]);
        var link = await LinkAsync(sender);
        Assert.EndsWith("/album.zip", link, StringComparison.Ordinal);
        var curl = Curl("--fail", "-o", folder["got.zip"], link);

        Assert.Equal(0, await curl.WaitAsync());
        await SeeAsync(sender, "Confirmed");
        using var zip = ZipFile.OpenRead(folder["got.zip"]);
        var files = zip.Entries.ToDictionary(static entry => entry.FullName, Read);
        Assert.Equal(["album/none", "album/one.bin", "album/Übermut/two 😀.bin"], files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(one, files["album/one.bin"]);
        Assert.Equal(two, files["album/Übermut/two 😀.bin"]);
    }

    [Fact]
    public async Task SeveralFiles_ArriveAsOneZip_ThatOtherProgramsAccept()
    {
        var server = await StartServerAsync();
        var folder = NewFolder();
        var sender = await OpenAsync(server.Url(""));
        await ChooseAsync(sender, folder.Write("a", TestBytes.Create(1, 1_000_000)), folder.Write("b", TestBytes.Create(2, 3)));
        var curl = Curl("--fail", "-o", folder["got.zip"], await LinkAsync(sender));
        Assert.Equal(0, await curl.WaitAsync());

        Assert.SkipUnless(ClientProcess.IsAvailable("python3"), "python3 is not installed");
        var python = Own(ClientProcess.Start(
            "python3",
            "-c",
            "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(z.namelist())",
            folder["got.zip"]));
        Assert.True(await python.WaitAsync() == 0, python.Describe());
        Assert.Equal("['a', 'b']\n", python.OutputText);
    }

    [Fact]
    [Trait("Rule", "P26")]
    public async Task Totals_AreNotShown_OnceTheyAreWrong()
    {
        var server = await StartServerAsync();
        var page = await OpenAsync(server.Url(""));
        await Assertions.Expect(page.Locator("[data-overview]")).ToBeVisibleAsync();

        await ChooseAsync(page, NewFolder().Write("a", TestBytes.Create(1, 1000)));

        await LinkAsync(page);
        await Assertions.Expect(page.Locator("[data-overview]")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task EmptyFile_Arrives()
    {
        var server = await StartServerAsync();
        var sender = await OpenAsync(server.Url(""));
        await ChooseAsync(sender, NewFolder().Write("empty", []));

        var curl = Curl("--fail", await LinkAsync(sender));

        Assert.Equal(0, await curl.WaitAsync());
        Assert.Empty(curl.Output);
        await SeeAsync(sender, "Confirmed");
    }

    [Fact]
    public async Task Sender_IsToldWhy_WhenItWasAwayForTooLong()
    {
        var server = await StartServerAsync(static options => options.ResumeTimeout = TimeSpan.FromSeconds(5));
        var proxy = Own(new CuttingProxy(server.Port));
        var sender = await OpenAsync(server.Url("", proxy.Port));

        // More than all buffers on the way can hold.
        await ChooseAsync(sender, NewFolder().Write("a", TestBytes.Create(1, 8 * Size)));
        var link = new Uri(await LinkAsync(sender));
        var receiver = Curl("--fail", "--limit-rate", "1M", "-o", "/dev/null", server.Url(link.AbsolutePath["/beam/".Length..]));
        await SeeAsync(sender, "Sending");
        proxy.Cut();
        Assert.NotEqual(0, await receiver.WaitAsync());
        proxy.Mend();
        await SeeAsync(sender, "lost for too long");

        await sender.Locator("[data-retry]").ClickAsync();
        await SeeAsync(sender, "Waiting for the receiver");
        var another = await LinkAsync(sender);

        Assert.NotEqual(link.AbsoluteUri, another);
        var again = Curl("--fail", "-o", "/dev/null", another);
        Assert.True(await again.WaitAsync() == 0, again.Describe());
        await SeeAsync(sender, "Confirmed");
    }

    [Fact]
    public async Task Sender_MayCancel_AndTheReceiverIsTold()
    {
        var server = await StartServerAsync();
        var sender = await OpenAsync(server.Url(""));
        await ChooseAsync(sender, NewFolder().Write("a", TestBytes.Create(1, Size)));
        var receiver = await OpenAsync(await LinkAsync(sender));
        await SeeAsync(receiver, "Ready to download");

        await sender.Locator("[data-cancel]").ClickAsync();

        await SeeAsync(sender, "Cancelled");
        await SeeAsync(receiver, "The transfer was cancelled");
        Assert.Equal(0, server.Relay.TransferCount);
    }

    [Fact]
    public async Task Sender_WaitsOn_WhenNobodyCameInTime()
    {
        var server = await StartServerAsync(static options => options.WaitTimeout = TimeSpan.FromSeconds(1));
        var bytes = TestBytes.Create(7, 10_000);
        var sender = await OpenAsync(server.Url(""));
        await ChooseAsync(sender, NewFolder().Write("a", bytes));
        var link = await LinkAsync(sender);
        await SeeAsync(sender, "Nobody has started the download yet");

        ClientProcess curl;
        do
        {
            curl = Curl("--fail", "--retry", "0", link);
        }
        while (await curl.WaitAsync() != 0);

        Assert.True(bytes.AsSpan().SequenceEqual(curl.Output));
        await SeeAsync(sender, "Confirmed");
    }

    [Fact]
    public async Task Sender_IsToldWhy_WhenAQuotaIsUsedUp()
    {
        var server = await StartServerAsync(
            services: static services => services.Configure<BeamQuotaOptions>(static options => options.MaxTransfersPerToken = 1));
        var token = server.Mint();
        _ = Curl("-T", NewFolder().Write("first", TestBytes.Create(1, 10)), server.Url(token + "/"));
        var page = await OpenAsync(server.Url(token));
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "first" })).ToBeVisibleAsync();

        await ChooseAsync(page, NewFolder().Write("second", TestBytes.Create(2, 10)));

        await SeeAsync(page, "too many transfers of this token");
    }

    [Fact]
    public async Task Page_OfNothingYet_StaysAsItIs_WhileTheServerShutsDown()
    {
        var server = await StartServerAsync();
        var page = await OpenAsync(server.Url(server.Mint() + "/a"));
        await SeeAsync(page, "The sender has not started");
        await page.EvaluateAsync("() => { window.isStillThere = true; }");

        await server.Relay.DrainAsync();
        await page.WaitForResponseAsync(static response => response.Url.EndsWith("?status", StringComparison.Ordinal));
        await page.WaitForResponseAsync(static response => response.Url.EndsWith("?status", StringComparison.Ordinal));

        Assert.True(await page.EvaluateAsync<bool>("() => window.isStillThere === true"));
    }

    [Fact]
    [Trait("Rule", "P11")]
    public async Task Channel_CanBeClosed()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var page = await OpenAsync(server.Url(token));

        await page.Locator("[data-close]").ClickAsync();
        Assert.NotNull(server.Relay.Tokens.Find(token));
        await page.Locator("[data-close]").ClickAsync();

        await SeeTitleAsync(page, "Nothing here");
        Assert.Null(server.Relay.Tokens.Find(token));
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var content = new MemoryStream();
        using var stream = entry.Open();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private static async Task DropAsync(IPage page, string path)
    {
        var box = await page.Locator("[data-drop]").BoundingBoxAsync();
        var session = await page.Context.NewCDPSessionAsync(page);
        foreach (var type in new[] { "dragEnter", "dragOver", "drop" })
        {
            await session.SendAsync("Input.dispatchDragEvent", new Dictionary<string, object>
            {
                ["type"] = type,
                ["x"] = box!.X + 20,
                ["y"] = box.Y + 20,
                ["data"] = new Dictionary<string, object>
                {
                    ["items"] = Array.Empty<object>(),
                    ["files"] = new[] { path },
                    ["dragOperationsMask"] = 1,
                },
            });
        }
    }
}
