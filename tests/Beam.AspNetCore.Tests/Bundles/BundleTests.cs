using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Bundles;

/// <summary>Several files of a form as one zip.</summary>
[Trait("Rule", "P12")]
public sealed class BundleTests : HttpTests
{
    [Theory]
    [InlineData("")]
    [InlineData("&compression=stored")]
    [InlineData("&compression=deflate")]
    public async Task Curl_SendsSeveralFiles_AsOneZip(string query)
    {
        var server = await StartServerAsync();
        var folder = NewFolder();
        var (one, two) = (TestBytes.Create(1, 3_000_000), TestBytes.Create(2, 70_000));
        var url = server.Url(server.Mint() + "/stuff.zip");
        var receiver = Curl("--fail", "-o", folder["got.zip"], url);

        var sender = Curl(
            "--fail", "-F", $"a=@{folder.Write("one", one)}", "-F", "note=x",
            "-F", $"b=@{folder.Write("two", two)};filename=folder/Grüße 😀.bin", "-F", $"c=@{folder.Write("none", [])}",
            url + "?bundle=zip" + query);

        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.Equal(0, await receiver.WaitAsync());
        Assert.StartsWith($"confirmed: {new FileInfo(folder["got.zip"]).Length} bytes", sender.OutputText, StringComparison.Ordinal);
        using var zip = ZipFile.OpenRead(folder["got.zip"]);
        Assert.Equal(["one", "folder/Grüße 😀.bin", "none"], zip.Entries.Select(static entry => entry.FullName));
        Assert.Equal(one, Read(zip.Entries[0]));
        Assert.Equal(two, Read(zip.Entries[1]));
        Assert.Empty(Read(zip.Entries[2]));
    }

    [Theory]
    [InlineData("unzip", "-tqq", "")]
    [InlineData("unzip", "-tqq", "&compression=deflate")]
    [InlineData("python3", "-m zipfile -t", "")]
    [InlineData("python3", "-m zipfile -t", "&compression=deflate")]
    public async Task Zip_IsGood_ToOtherPrograms(string program, string arguments, string query)
    {
        Assert.SkipUnless(ClientProcess.IsAvailable(program), $"{program} is not installed");
        var server = await StartServerAsync();
        var folder = NewFolder();
        var url = server.Url(server.Mint() + "/stuff.zip");
        var receiver = Curl("--fail", "-o", folder["got.zip"], url);
        var sender = Curl(
            "--fail", "-F", $"a=@{folder.Write("one", TestBytes.Create(1, 300_000))}",
            "-F", $"b=@{folder.Write("two", Encoding.UTF8.GetBytes(new string('x', 500_000)))};filename=é/two",
            "-F", $"c=@{folder.Write("none", [])}", url + "?bundle=zip" + query);
        Assert.Equal((0, 0), (await sender.WaitAsync(), await receiver.WaitAsync()));

        var check = Own(ClientProcess.Start(program, [.. arguments.Split(' '), folder["got.zip"]]));

        Assert.True(await check.WaitAsync() == 0, check.Describe());
    }

    [Fact]
    public async Task Bundle_HasAName_WhenNobodyGivesItOne()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var received = server.Client.GetAsync($"{token}/files.zip");
        await server.WaitForAsync(TransferState.WaitingForSender);

        using var sent = await PostAsync(server, $"{token}?bundle=zip", Part("a", "1"), Part("b", "2"));

        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        using var answer = await received;
        Assert.Equal("application/zip", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Paths_LeadNowhereElse_AndAreThereOnce()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a.zip";
        var received = server.Client.GetByteArrayAsync(path);
        string[] names =
        [
            "../../etc/passwd", @"C:\\Windows\\evil.exe", "/top/x", "a.txt", "A.txt", "a.txt", "./b//c", "..", "d\u202Etxt.exe",
        ];

        using var sent = await PostAsync(server, path + "?bundle=zip", [.. names.Select(static name => Part(name, "x"))]);

        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        using var zip = new ZipArchive(new MemoryStream(await received));
        Assert.Equal(
            ["etc/passwd", "C_/Windows/evil.exe", "top/x", "a.txt", "A (2).txt", "a (3).txt", "b/c", "file", "d_txt.exe"],
            zip.Entries.Select(static entry => entry.FullName));
    }

    [Fact]
    public async Task Files_WithoutName_AreLeftOut()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a.zip";
        using (var empty = await PostAsync(server, path + "?bundle=zip", Part("", "")))
        {
            Assert.Equal(
                (HttpStatusCode.BadRequest, "The form has no file.\n"),
                (empty.StatusCode, await empty.Content.ReadAsStringAsync()));
        }

        var received = server.Client.GetByteArrayAsync(path);
        using var sent = await PostAsync(server, path + "?bundle=zip", Part("", ""), Part("a", "x"), Part("", ""));

        using var zip = new ZipArchive(new MemoryStream(await received));
        Assert.Equal("a", Assert.Single(zip.Entries).FullName);
    }

    [Theory]
    [InlineData("--x\r\nContent-Disposition: form-data; name=f; filename=b\r\n\r\ncut")]
    [InlineData("--x\r\nno header at all\r\n\r\ncontent\r\n--x--\r\n")]
    [InlineData("")]
    [Trait("Rule", "P1")]
    public async Task Zip_NeverEndsWell_WhenTheFormIsBroken(string rest)
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a.zip";
        var receiver = Curl("--fail", "-o", "/dev/null", server.Url(path));

        using var sent = await PostRawAsync(server, path + "?bundle=zip", Part("a", "whole") + rest);

        Assert.Equal(HttpStatusCode.BadRequest, sent.StatusCode);
        Assert.NotEqual(0, await receiver.WaitAsync());
    }

    [Theory]
    [InlineData("?bundle=tar")]
    [InlineData("?bundle=zip&compression=best")]
    public async Task Bundle_IsRefused_WhenItIsNotKnown(string query)
    {
        var server = await StartServerAsync();

        using var answer = await PostAsync(server, server.Mint() + "/a.zip" + query, Part("a", "x"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith("bundle is zip;", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P14")]
    public async Task Bundle_GoesInOneCommand()
    {
        var server = await StartServerAsync();
        var folder = NewFolder();
        var sender = Curl(
            "--fail", "-F", $"a=@{folder.Write("a", "1"u8)}", "-F", $"b=@{folder.Write("b", "2"u8)}",
            server.Url("stuff.zip?bundle=zip").Replace("stuff.zip", "", StringComparison.Ordinal));
        await sender.WaitForOutputAsync("/files.zip\n");
        var url = sender.OutputText.Split('\n')[0];

        var receiver = Curl("--fail", "-o", folder["got.zip"], url);

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        using var zip = ZipFile.OpenRead(folder["got.zip"]);
        Assert.Equal(2, zip.Entries.Count);
        server.Guard(new Uri(url).Segments[1].TrimEnd('/'));
    }

    [Fact]
    [Trait("Rule", "P3")]
    public async Task Bundle_IsStreamed_InsideTheWindow()
    {
        const long Size = 24 * 1024 * 1024;
        const long Window = 1024 * 1024;
        var server = await StartServerAsync(static setup => setup.Options = static options => options.WindowBytes = Window);
        var path = $"{server.Mint()}/a.zip";
        using var form = new MultipartFormDataContent
        {
            { new StreamContent(new PatternStream(8, Size)), "a", "a" },
            { new StreamContent(new PatternStream(9, Size)), "b", "b" },
        };
        var sent = server.Client.PostAsync(path + "?bundle=zip", form);
        using var answer = await server.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[256 * 1024];
        var (total, most) = (0L, 0L);
        while (await body.ReadAsync(buffer) is var count and > 0)
        {
            total += count;
            most = Math.Max(most, server.Budgets.Memory.UsedBytes);
        }

        Assert.InRange(total, 2 * Size, (2 * Size) + 1000);
        Assert.InRange(most, 1, Window + (128 * 1024));
        using var receipt = await sent;
        Assert.Equal(HttpStatusCode.OK, receipt.StatusCode);
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var content = new MemoryStream();
        using var stream = entry.Open();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private static string Part(string name, string content)
        => $"--x\r\nContent-Disposition: form-data; name=f; filename=\"{name}\"\r\n\r\n{content}\r\n";

    private static Task<HttpResponseMessage> PostAsync(BeamServer server, string path, params string[] parts)
        => PostRawAsync(server, path, string.Concat(parts) + "--x--\r\n");

    private static Task<HttpResponseMessage> PostRawAsync(BeamServer server, string path, string form)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(form));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        return server.Client.PostAsync(path, content);
    }
}
