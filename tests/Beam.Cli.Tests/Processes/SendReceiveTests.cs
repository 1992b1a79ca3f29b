using System.IO.Compression;
using Beam.Cli.Archives;
using Beam.Cli.Tests.Support;

namespace Beam.Cli.Tests.Processes;

public sealed class SendReceiveTests : ToolTests
{
    [Fact]
    public async Task File_Arrives()
    {
        var content = TestBytes.Create(1, 3_000_000);
        Folder.Write("photo.jpg", content);
        Directory.CreateDirectory(Folder["there"]);

        var sender = Beam("send", "photo.jpg");
        var link = await LinkOfAsync(sender);
        var receiver = Beam("receive", link, "-o", "there");

        await ExitsAsync(receiver, ExitCode.Success);
        await ExitsAsync(sender, ExitCode.Success);
        Assert.Equal(content, await File.ReadAllBytesAsync(Folder["there/photo.jpg"]));
        Assert.Equal(Folder["there/photo.jpg"], receiver.OutputText.Trim());
        Assert.Equal(["photo.jpg", "there/photo.jpg"], Folder.Files());
        Assert.Equal(link, sender.OutputText.Trim());
        Assert.Contains("Delivered: 3.0 MB", sender.ErrorText, StringComparison.Ordinal);
        Assert.Contains($"curl --fail -OJ '{link}'", sender.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", sender.ErrorText + receiver.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain(Home.Files(), static name => name.StartsWith("data", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://b\u0435am.example/", "to http://xn--bam-rdd.example.")]
    [InlineData(null, null)]
    public async Task LinkThatLeadsElsewhere_IsPointedOut(string? publicUrl, string? said)
    {
        Folder.Write("photo.jpg", "content"u8);
        await using var server = await TestServer.StartAsync(new TestServerSetup
        {
            HttpOptions = options => options.PublicBaseUrl = publicUrl is null ? null : new Uri(publicUrl),
            EndsEmpty = false,
        });

        foreach (var command in (string[][])[["send", "photo.jpg"], ["request"]])
        {
            var program = Beam([.. command, "--server", server.Url, "--wait", "1"]);
            await ExitsAsync(program, ExitCode.NobodyCame);
            var note = program.ErrorText.Split('\n')
                .SingleOrDefault(static line => line.Contains("where this link leads", StringComparison.Ordinal));
            Assert.Equal(said is not null, note?.Contains(said!, StringComparison.Ordinal) ?? false);
        }
    }

    [Fact]
    public async Task Folder_ArrivesUnpacked()
    {
        Directory.CreateDirectory(Folder["photos/inner"]);
        Folder.Write("photos/a.jpg", TestBytes.Create(1, 200_000));
        Folder.Write("photos/inner/\u001b[31mred", "hostile"u8);
        File.CreateSymbolicLink(Folder["photos/link"], "inner");

        var sender = Beam("send", "photos/");
        var receiver = Beam("receive", await LinkOfAsync(sender), "-o", "there");

        await ExitsAsync(receiver, ExitCode.Success);
        await ExitsAsync(sender, ExitCode.Success);
        Assert.Equal(TestBytes.Create(1, 200_000), await File.ReadAllBytesAsync(Folder["there/photos/a.jpg"]));
        Assert.Equal("hostile", await File.ReadAllTextAsync(Folder["there/photos/inner/_[31mred"]));
        Assert.Equal("inner", new FileInfo(Folder["there/photos/link"]).LinkTarget);
        Assert.Equal(["photos"], Directory.EnumerateFileSystemEntries(Folder["there"]).Select(Path.GetFileName));
        Assert.Contains("unsafe names changed: 1", receiver.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_ArrivesAsANewFolder_WhateverIsThere()
    {
        Directory.CreateDirectory(Folder["sent/photos"]);
        Folder.Write("sent/photos/a.jpg", "a"u8);

        foreach (var expected in (string[])["photos", "photos~2", "photos~3"])
        {
            var sender = Beam("send", "sent/photos/");
            var receiver = Beam("receive", await LinkOfAsync(sender), "--force");
            await ExitsAsync(receiver, ExitCode.Success);
            await ExitsAsync(sender, ExitCode.Success);
            Assert.Equal(Folder[expected], receiver.OutputText.Trim());
        }

        Assert.Equal(["photos/a.jpg", "photos~2/a.jpg", "photos~3/a.jpg", "sent/photos/a.jpg"], Folder.Files());
        Assert.Equal(
            ["photos", "photos~2", "photos~3", "sent"],
            Directory.EnumerateFileSystemEntries(Folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ArchiveOfAStranger_ArrivesInANewFolder(bool isRequested)
    {
        Directory.CreateDirectory(Folder[".git/hooks"]);
        Directory.CreateDirectory(Folder["gift"]);
        File.CreateSymbolicLink(Folder["gift~2"], "nowhere");
        var archive = new TarBytes().File(".ssh/authorized_keys").File(".git/hooks/pre-commit").Folder("gift").File("gift/x").End();
        using var content = new ByteArrayContent(archive);
        content.Headers.ContentType = new("application/x-tar");
        var request = isRequested ? Beam("request", "--unpack") : null;
        var url = request is null ? $"{Server.Url}/{await Server.MintAsync()}/gift.tar" : $"{await LinkOfAsync(request)}/gift.tar";
        var sending = Server.Client.PutAsync(url, content);

        await ExitsAsync(request ?? Beam("receive", url), ExitCode.Success);

        using var answer = await sending;
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(
            ["gift~3/.git/hooks/pre-commit", "gift~3/.ssh/authorized_keys", "gift~3/gift/x"],
            Folder.Files().Where(static name => name != "gift~2"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder["gift"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder[".git/hooks"]));
    }

    [Theory]
    [InlineData("../.bashrc", "photos/photos")]
    [InlineData("../photos/other", "photos/photos")]
    [InlineData("inner/../a", "photos")]
    public async Task LinkOfAStranger_LeadsToNothingBesideTheNewFolder(string target, string folder)
    {
        var token = await Server.MintAsync();
        var archive = new TarBytes().Folder("photos").Folder("photos/inner").File("photos/a").Link("photos/link", target).End();
        using var content = new ByteArrayContent(archive);
        content.Headers.ContentType = new("application/x-tar");
        var sending = Server.Client.PutAsync($"{token}/photos.tar", content);

        await ExitsAsync(Beam("receive", $"{Server.Url}/{token}/photos.tar"), ExitCode.Success);

        using var answer = await sending;
        Assert.Equal(target, new FileInfo(Folder[$"{folder}/link"]).LinkTarget);
    }

    [Fact]
    public async Task Folder_StaysAnArchive_WhenWished()
    {
        Directory.CreateDirectory(Folder["photos"]);
        Folder.Write("photos/a.jpg", "a"u8);

        var sender = Beam("send", "photos");
        await ExitsAsync(Beam("receive", await LinkOfAsync(sender), "--keep-archive"), ExitCode.Success);
        await ExitsAsync(Beam("unpack", "photos.tar", "-o", "there"), ExitCode.Success);

        Assert.Equal("a", await File.ReadAllTextAsync(Folder["there/photos/a.jpg"]));
    }

    [Fact]
    public async Task Unpack_MakesANewFolder_AndTouchesNothingThatIsThere()
    {
        Folder.Write("a", "old"u8);
        Folder.Write("x.tar", new TarBytes().File("a", "new").File("b").End());
        Folder.Write("photos.zip", Zip("photos/1"));

        foreach (var (archive, expected) in ((string, string)[])[("x.tar", "x"), ("x.tar", "x~2"), ("photos.zip", "photos")])
        {
            var unpack = Beam("unpack", archive, "--force", "--json");
            await ExitsAsync(unpack, ExitCode.Success);
            Assert.Equal(expected, Json.Lines(unpack.OutputText).Single().GetProperty("folder").GetString());
        }

        Assert.Equal("old", await File.ReadAllTextAsync(Folder["a"]));
        Assert.Equal(["a", "photos.zip", "photos/1", "x.tar", "x/a", "x/b", "x~2/a", "x~2/b"], Folder.Files());
    }

    [Theory]
    [InlineData("photos")]
    [InlineData("my photos (1)")]
    [InlineData(".config")]
    [InlineData("-rf")]
    [InlineData("Größe 😀")]
    public async Task Folder_ArrivesByTheCommandForCurl(string name)
    {
        Assert.SkipUnless(ClientProcess.IsAvailable("tar"), "tar is not installed.");
        Directory.CreateDirectory(Folder[name]);
        Folder.Write($"{name}/a.jpg", TestBytes.Create(1, 100_000));
        Directory.CreateDirectory(Folder["there"]);

        var sender = Beam("send", "./" + name);
        await using var curl = await RunForCurlAsync(sender);

        Assert.True(await curl.WaitAsync(Patience) == 0, curl.Describe());
        await ExitsAsync(sender, ExitCode.Success);
        Assert.Equal(TestBytes.Create(1, 100_000), await File.ReadAllBytesAsync(Folder[$"there/{name}/a.jpg"]));
    }

    [Theory]
    [InlineData("a:b")]
    [InlineData("it's \"it\"; $(touch evil)")]
    public async Task Folder_StaysAnArchiveAtCurl_WhenItsNameIsOdd(string name)
    {
        Directory.CreateDirectory(Folder[name]);
        Folder.Write($"{name}/a.jpg", "a"u8);
        Directory.CreateDirectory(Folder["there"]);

        var sender = Beam("send", name);
        await using var curl = await RunForCurlAsync(sender);

        Assert.True(await curl.WaitAsync(Patience) == 0, curl.Describe());
        await ExitsAsync(sender, ExitCode.Success);
        Assert.Single(Directory.EnumerateFiles(Folder["there"]));
        Assert.Empty(Directory.EnumerateDirectories(Folder["there"]));
    }

    [Fact]
    public async Task BrokenFolder_IsNotUnpacked_ByTheCommandForCurl()
    {
        Directory.CreateDirectory(Folder["photos"]);
        Folder.Write("photos/a.jpg", TestBytes.Create(1, 8_000_000));
        Directory.CreateDirectory(Folder["there"]);
        var sender = Beam("send", "photos");
        await using var curl = await RunForCurlAsync(sender, "curl() { command curl --limit-rate 1M \"$@\"; }; ");
        await Eventually.TrueAsync(
            () => Directory.EnumerateFileSystemEntries(Folder["there"]).Any(),
            "the first bytes are on the disk",
            Patience);

        sender.Signal(2);

        Assert.NotEqual(0, await curl.WaitAsync(Patience));
        await ExitsAsync(sender, ExitCode.Interrupted);
        Assert.Empty(Directory.EnumerateDirectories(Folder["there"]));
    }

    [Fact]
    public async Task SeveralFiles_ArriveTogether_AsZip()
    {
        Folder.Write("a", "1"u8);
        Folder.Write("b", "2"u8);

        var sender = Beam("send", "a", "b", "--zip");
        var receiver = Beam("receive", await LinkOfAsync(sender));

        await ExitsAsync(receiver, ExitCode.Success);
        await ExitsAsync(sender, ExitCode.Success);
        await ExitsAsync(Beam("unpack", "files.zip", "-o", "there"), ExitCode.Success);
        Assert.Equal("2", await File.ReadAllTextAsync(Folder["there/b"]));
    }

    [Fact]
    public async Task Pipe_ArrivesInAPipe()
    {
        var content = TestBytes.Create(2, 2_000_000);

        var sender = BeamReading(content, "send", "-", "--name", "dump.sql");
        var link = await LinkOfAsync(sender);
        var receiver = Beam("receive", link, "-o", "-");

        await ExitsAsync(receiver, ExitCode.Success);
        await ExitsAsync(sender, ExitCode.Success);
        Assert.Equal(content, receiver.Output);
        Assert.EndsWith("/dump.sql", link, StringComparison.Ordinal);
        Assert.Empty(Folder.Files());
    }

    [Fact]
    public async Task File_ArrivesFromCurl_UnderAHostileName()
    {
        var token = await Server.MintAsync();
        Folder.Write("x", "content"u8);
        await using var curl = ClientProcess.Start("curl", "-q", "-sS", "--fail", "-T", Folder["x"], $"{Server.Url}/{token}/-rf%20~%24(x)");

        var receiver = Beam("receive", $"{Server.Url}/{token}/-rf%20~%24(x)");

        await ExitsAsync(receiver, ExitCode.Success);
        Assert.Equal(0, await curl.WaitAsync());
        Assert.Equal("content", await File.ReadAllTextAsync(receiver.OutputText.Trim()));
        Assert.DoesNotContain(Folder.Files(), static name => name.StartsWith('-'));
    }

    [Fact]
    public async Task Request_StoresWhatComes()
    {
        Folder.Write("x", "content"u8);
        var request = Beam("request", "contract.pdf");
        var link = await LinkOfAsync(request);

        await using var curl = ClientProcess.Start("curl", "-q", "-sS", "--fail", "-T", Folder["x"], link + "/");

        await ExitsAsync(request, ExitCode.Success);
        Assert.Equal(0, await curl.WaitAsync());
        Assert.Equal("content", await File.ReadAllTextAsync(Folder["contract.pdf"]));
        Assert.Contains($"curl --fail -T FILE '{link}/'", request.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_IsOneEventALine()
    {
        Folder.Write("a", "content"u8);

        var sender = Beam("send", "a", "--json");
        await sender.WaitForOutputAsync("]}\n", Patience);
        var link = Json.Lines(sender.OutputText)
            .First(static line => line.GetProperty("event").GetString() == "link")
            .GetProperty("url").GetString()!;
        var receiver = Beam("receive", link, "--json", "-o", "-");

        await ExitsAsync(receiver, ExitCode.Success);
        await ExitsAsync(sender, ExitCode.Success);
        Assert.Equal("content", receiver.OutputText);
        Assert.Equal("received", Json.Lines(receiver.ErrorText).Last().GetProperty("event").GetString());
        var sent = Json.Lines(sender.OutputText).Last();
        Assert.Equal("sent", sent.GetProperty("event").GetString());
        Assert.Equal("confirmed", sent.GetProperty("outcome").GetString());
        Assert.Equal(7, sent.GetProperty("bytes").GetInt64());
        Assert.Equal("", sender.ErrorText);
    }

    [Fact]
    public async Task HandedInFile_Waits()
    {
        Folder.Write("a", "content"u8);

        var sender = Beam("send", "a", "--hand-in");
        await ExitsAsync(sender, ExitCode.Success);
        var receiver = Beam("receive", sender.OutputText.Trim(), "-o", "b");

        await ExitsAsync(receiver, ExitCode.Success);
        Assert.Equal("content", await File.ReadAllTextAsync(Folder["b"]));
        Assert.Contains("Handed in", sender.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_TellsWhereItStands_AndCancelEndsIt()
    {
        Folder.Write("a", "content"u8);
        var sender = Beam("send", "a", "--json");
        await sender.WaitForOutputAsync("]}\n", Patience);
        var link = Json.Lines(sender.OutputText)
            .First(static line => line.GetProperty("event").GetString() == "link")
            .GetProperty("url").GetString()!;
        await Eventually.TrueAsync(
            async () =>
            {
                var status = Beam("status", link, "--json");
                return await status.WaitAsync(Patience) == 0
                    && Json.Lines(status.OutputText).Single().GetProperty("state").GetString() == "waiting-for-receiver";
            },
            "the sender waits for its receiver",
            Patience);

        var record = Assert.Single(Home.Files(), static name => name.EndsWith(".json", StringComparison.Ordinal));
        Assert.Equal(ArchiveModes.PrivateFile, File.GetUnixFileMode(Home[record]));
        var channel = Json.Parse(await File.ReadAllTextAsync(Home[record])).GetProperty("channel").GetString();
        await ExitsAsync(Beam("cancel", channel + "/a"), ExitCode.Success);

        await ExitsAsync(sender, ExitCode.Cancelled);
        Assert.Equal("cancelled", Json.Lines(sender.OutputText).Last().GetProperty("error").GetString());
    }

    /// <summary>Runs the command that a sender offers to receivers without the tool.</summary>
    private async Task<ClientProcess> RunForCurlAsync(ClientProcess sender, string before = "")
    {
        string? Command() => sender.ErrorText.Split('\n').SkipLast(1)
            .FirstOrDefault(static line => line.StartsWith("  curl", StringComparison.Ordinal));
        await Eventually.TrueAsync(() => Command() is not null, "the command is offered", Patience);
        return ClientProcess.Start("sh", ["-c", before + Command()], new ClientProcessOptions { WorkingDirectory = Folder["there"] });
    }

    private static byte[] Zip(string name)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create))
        {
            zip.CreateEntry(name);
        }

        return bytes.ToArray();
    }
}
