using Beam.Cli.Tests.Support;

namespace Beam.Cli.Tests.Processes;

public sealed class ExitCodeTests : ToolTests
{
    private const int Interrupt = 2;
    private const string NoToken = "aaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Theory]
    [InlineData("receive", "not a link")]
    [InlineData("receive")]
    [InlineData("send", "a", "--wait", "soon")]
    [InlineData("send", "a", "--receivers", "0")]
    [InlineData("send", "-", "a")]
    [InlineData("send", "a", "--server", "ftp://example.com")]
    [InlineData("send", "a", "--server", "http://user:secret@example.com")]
    [InlineData("config", "key", "secret")]
    [InlineData("config", "colour", "red")]
    [InlineData("frobnicate")]
    public async Task Usage_IsTwo(params string[] arguments)
    {
        Folder.Write("a", "x"u8);
        var program = Beam(arguments);

        await ExitsAsync(program, ExitCode.Usage);
        Assert.StartsWith("beam: ", program.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", program.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownLink_IsThree()
    {
        await ExitsAsync(Beam("receive", $"{Server.Url}/{NoToken}/file"), ExitCode.NotFound);
        await ExitsAsync(Beam("status", $"{Server.Url}/{NoToken}/file"), ExitCode.NotFound);
        await ExitsAsync(Beam("cancel", $"{Server.Url}/{NoToken}/file"), ExitCode.NotFound);
    }

    [Fact]
    public async Task LinkWithoutTheRight_IsFour()
    {
        using var answer = await Server.Client.PostAsync($"{await Server.MintAsync()}/-/token?rights=send", content: null);
        var token = (await answer.Content.ReadAsStringAsync()).Trim();

        await ExitsAsync(Beam("receive", $"{Server.Url}/{token}/file"), ExitCode.NotAllowed);
    }

    [Fact]
    public async Task FileThatSomebodyReceives_IsNine()
    {
        var token = await Server.MintAsync();
        using var stop = new CancellationTokenSource();
        using var content = new StreamContent(new GatedStream(
            new PatternStream(1, 1_000_000), 100_000, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token)));
        var sending = Server.Client.PutAsync($"{token}/file", content, stop.Token);
        using var first = await Server.Client.GetAsync($"{token}/file", HttpCompletionOption.ResponseHeadersRead);

        await ExitsAsync(Beam("receive", $"{Server.Url}/{token}/file"), ExitCode.InUse);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => sending);
    }

    [Fact]
    public async Task ServerThatIsNotThere_IsEleven()
    {
        Folder.Write("a", "x"u8);
        using var port = new ClosedPort();
        var nowhere = $"http://127.0.0.1:{port.Port}";
        var sender = Beam("send", "a", "--server", nowhere);
        var receiver = Beam("receive", $"{nowhere}/{NoToken}/a");

        await ExitsAsync(sender, ExitCode.Unreachable);
        await ExitsAsync(receiver, ExitCode.Unreachable);
        Assert.Contains("refused", sender.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyComing_IsSeven_OnBothSides()
    {
        Folder.Write("a", "x"u8);
        var sender = Beam("send", "a", "--wait", "1");
        var receiver = Beam("receive", $"{Server.Url}/{await Server.MintAsync()}/file", "--wait", "1");

        await ExitsAsync(sender, ExitCode.NobodyCame);
        await ExitsAsync(receiver, ExitCode.NobodyCame);
        Assert.Empty(Home.Files());
    }

    [Fact]
    public async Task MissingFile_IsFifteen()
    {
        var sender = Beam("send", "absent");

        await ExitsAsync(sender, ExitCode.LocalFile);
        Assert.Equal("", sender.OutputText);
    }

    [Fact]
    public async Task ExistingFile_IsFourteen_AndStays()
    {
        Folder.Write("a", "old"u8);
        var token = await Server.MintAsync();
        using var content = new ByteArrayContent([1, 2, 3]);
        var sending = Server.Client.PutAsync($"{token}/a", content);

        await ExitsAsync(Beam("receive", $"{Server.Url}/{token}/a"), ExitCode.Exists);
        Assert.Equal("old", await File.ReadAllTextAsync(Folder["a"]));

        await ExitsAsync(Beam("receive", $"{Server.Url}/{token}/a", "--force"), ExitCode.Success);
        using var answer = await sending;
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(Folder["a"]));
    }

    [Fact]
    public async Task MaliciousArchive_IsThirteen_AndStaysAnArchive()
    {
        Directory.CreateDirectory(Folder["inside"]);
        var token = await Server.MintAsync();
        using var content = new ByteArrayContent(new TarBytes().File("good").File("../evil").End());
        content.Headers.ContentType = new("application/x-tar");
        var sending = Server.Client.PutAsync($"{token}/\u0065vil.tar", content);

        var receiver = Beam("receive", $"{Server.Url}/{token}/evil.tar", "-o", "inside");

        await ExitsAsync(receiver, ExitCode.UnsafeArchive);
        using var answer = await sending;
        Assert.Equal(["inside/evil.tar"], Folder.Files());
        Assert.Contains("inside/evil.tar", receiver.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ArchiveWithSomethingAfterItsEnd_IsThirteen_AndStaysAnArchive()
    {
        byte[] archive = [.. new TarBytes().File("a").End(), .. new TarBytes().File("b").End()];
        var token = await Server.MintAsync();
        using var content = new ByteArrayContent(archive);
        content.Headers.ContentType = new("application/x-tar");
        var sending = Server.Client.PutAsync($"{token}/two.tar", content);

        await ExitsAsync(Beam("receive", $"{Server.Url}/{token}/two.tar"), ExitCode.UnsafeArchive);

        using var answer = await sending;
        Assert.Equal(["two.tar"], Folder.Files());
        Assert.Equal(archive, await File.ReadAllBytesAsync(Folder["two.tar"]));
    }

    [Fact]
    public async Task UnpackedFileThatExists_IsFourteen_AndStays()
    {
        Folder.Write("a", "old"u8);
        await File.WriteAllBytesAsync(Folder["x.tar"], new TarBytes().File("a", "new").File("b").End());

        await ExitsAsync(Beam("unpack", "x.tar", "-o", "."), ExitCode.Exists);
        Assert.Equal("old", await File.ReadAllTextAsync(Folder["a"]));
        Assert.Equal(["a", "x.tar"], Folder.Files());

        await ExitsAsync(Beam("unpack", "x.tar", "-o", ".", "--force"), ExitCode.Success);
        Assert.Equal("new", await File.ReadAllTextAsync(Folder["a"]));
    }

    [Fact]
    public async Task InterruptedSender_Is130_AndItsReceiverIsTold()
    {
        Folder.Write("a", "x"u8);
        var sender = BeamReadingForever("send", "-");
        var link = await LinkOfAsync(sender);
        var receiver = Beam("receive", link, "-o", "-");
        await receiver.WaitForOutputAsync("begin", Patience);

        sender.Signal(Interrupt);

        await ExitsAsync(sender, ExitCode.Interrupted);
        await ExitsAsync(receiver, ExitCode.Cancelled);
    }

    [Fact]
    public async Task InterruptedReceiver_Is130_AndItsSenderIsTold()
    {
        var sender = BeamReadingForever("send", "-");
        var link = await LinkOfAsync(sender);
        var receiver = Beam("receive", link, "-o", "-");
        await receiver.WaitForOutputAsync("begin", Patience);

        receiver.Signal(Interrupt);
        await ExitsAsync(receiver, ExitCode.Interrupted);

        // It has nothing to send: no write fails.
        var started = TimeProvider.System.GetTimestamp();
        await ExitsAsync(sender, ExitCode.Cancelled);
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(25));
    }

    [Fact]
    public async Task ClosedOutput_Is141_AndItsSenderIsTold()
    {
        Folder.Write("large", TestBytes.Create(1, 30_000_000));
        var sender = Beam("send", "large");
        var link = await LinkOfAsync(sender);
        await using var pipeline = ClientProcess.Start(
            "sh",
            ["-c", $"{{ dotnet '{Program}' receive '{link}' -o -; echo $? >code; }} | head -c 10 >head"],
            new ClientProcessOptions { Environment = ToolEnvironment(), WorkingDirectory = Folder.Path });

        await pipeline.WaitAsync(Patience);

        Assert.Equal("141", (await File.ReadAllTextAsync(Folder["code"])).Trim());
        Assert.DoesNotContain("beam:", pipeline.ErrorText, StringComparison.Ordinal);
        await ExitsAsync(sender, ExitCode.Cancelled);
    }

    [Fact]
    public async Task FullOutput_IsFifteen_AndItsSenderIsTold()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full.");
        Folder.Write("large", TestBytes.Create(1, 30_000_000));
        var sender = Beam("send", "large");
        var link = await LinkOfAsync(sender);
        await using var receiver = ClientProcess.Start(
            "sh",
            ["-c", $"exec dotnet '{Program}' receive '{link}' -o - >/dev/full"],
            new ClientProcessOptions { Environment = ToolEnvironment(), WorkingDirectory = Folder.Path });

        await ExitsAsync(receiver, ExitCode.LocalFile);
        await ExitsAsync(sender, ExitCode.Cancelled);
    }

    [Fact]
    public async Task InterruptedReceiver_LeavesNothing()
    {
        var sender = BeamReadingForever("send", "-");
        var link = await LinkOfAsync(sender);
        var receiver = Beam("receive", link, "-o", "copy");
        await Eventually.TrueAsync(() => Folder.Files().Count > 0, "the first bytes are on the disk", Patience);

        receiver.Signal(Interrupt);

        await ExitsAsync(receiver, ExitCode.Interrupted);
        Assert.Empty(Folder.Files());
    }
}
