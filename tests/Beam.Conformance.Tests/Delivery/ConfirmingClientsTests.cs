using System.Text.Json;

namespace Beam.Conformance.Tests.Delivery;

/// <summary>Ordinary programs, of which none knows Beam, confirm by what they do anyway.</summary>
[Trait("Rule", "P2")]
[Trait("Rule", "P13")]
public sealed class ConfirmingClientsTests : DeliveryTest
{
    private const string Python = "import sys,urllib.request; sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1]).read())";
    private const string Node = "fetch(process.argv[1]).then(r => r.arrayBuffer()).then(b => process.stdout.write(Buffer.from(b)))";

    public static TheoryData<string, string[]> Clients => new()
    {
        { "curl", ["-sS", "--fail"] },
        { "curl", ["-sS", "--fail", "--limit-rate", "1M"] },
        { "curl", ["-sS", "--fail", "--http1.0"] },
        { "wget", ["-q", "-O", "-"] },
        { "python3", ["-c", Python] },
        { "node", ["-e", Node] },
    };

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Sender_HearsConfirmed_WhenAnOrdinaryClientHasReadAll(string program, string[] arguments)
    {
        Assert.SkipUnless(ClientProcess.IsAvailable(program), $"{program} is not installed");
        await using var upload = await UploadAsync();

        await using var client = ClientProcess.Start(program, [.. arguments, Host.Http1Url + upload.Path]);

        Assert.True(await client.WaitAsync() == 0, client.Describe());
        Assert.True(upload.Bytes.AsSpan().SequenceEqual(client.Output));
        await upload.AssertSucceededAsync("confirmed");
    }

    [Theory]
    [InlineData("--http1.1", "confirmed")]
    [InlineData("--http2", "sent")]
    public async Task Sender_HearsWhatIsKnown_OverTls(string protocol, string word)
    {
        await using var upload = await UploadAsync();

        await using var client = ClientProcess.Start("curl", "-sS", "-k", "--fail", protocol, Host.HttpsUrl + upload.Path);

        Assert.True(await client.WaitAsync() == 0, client.Describe());
        Assert.True(upload.Bytes.AsSpan().SequenceEqual(client.Output));
        await upload.AssertSucceededAsync(word);
    }

    [Fact]
    public async Task Sender_HearsSent_OverHttp2()
    {
        await using var upload = await UploadAsync();

        await using var client = ClientProcess.Start("curl", "-sS", "--fail", "--http2-prior-knowledge", Host.Http2Url + upload.Path);

        Assert.True(await client.WaitAsync() == 0, client.Describe());
        await upload.AssertSucceededAsync("sent");
    }

    [Fact]
    public async Task Sender_HearsConfirmed_WhenChromiumHasDownloaded()
    {
        Assert.SkipUnless(ClientProcess.IsAvailable("chromium"), "chromium is not installed");
        await using var upload = await UploadAsync();
        var profile = Directory.CreateDirectory(Path.Combine(upload.Folder["profile"], "Default")).FullName;
        var downloads = Directory.CreateDirectory(upload.Folder["downloads"]).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(profile, "Preferences"),
            JsonSerializer.Serialize(new { download = new { default_directory = downloads, prompt_for_download = false } }));

        await using var chromium = ClientProcess.Start(
            "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--user-data-dir=" + upload.Folder["profile"],
            Host.Http1Url + upload.Path + "?download");

        await upload.AssertSucceededAsync("confirmed");
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(downloads, "file.bin")), "Chromium has named the file");
        Assert.Equal(upload.Bytes, await File.ReadAllBytesAsync(Path.Combine(downloads, "file.bin")));
    }
}
