using System.Text;
using Beam.Cli.Tests.Support;

namespace Beam.Cli.Tests.Processes;

/// <summary>
/// The tool is killed while it unpacks: it asks whether it may overwrite something, with everything unpacked beside it, and never hears
/// the answer.
/// </summary>
public sealed class KilledUnpackingTests : ToolTests
{
    [Fact]
    public async Task Unpack_RemovesWhatAKilledRunHasLeft_AndNothingElse()
    {
        Folder.Write("a", "old"u8);
        Folder.Write("x.tar", new TarBytes().File("a", "new").File("b").End());
        Directory.CreateDirectory(Folder[".beam-notes"]);
        Folder.Write(".beam-notes/mine", "mine"u8);
        var alive = await UnpackUntilItAsksAsync();
        var killed = await UnpackUntilItAsksAsync();
        await KillAsync(killed);
        var left = Hidden();

        await ExitsAsync(Beam("unpack", "x.tar", "-o", ".", "--force"), ExitCode.Success);

        // That of the killed run is gone; that of the one which still asks is there.
        Assert.Equal(2, left.Length);
        Assert.Single(Hidden());
        await AnswerAsync(alive, "y\n");

        // It may replace what it has asked for, and not what has come since.
        await ExitsAsync(alive, ExitCode.Exists);
        Assert.Empty(Hidden());
        Assert.Equal([".beam-notes/mine", "a", "b", "x.tar"], Folder.Files().Where(static name => name != "pid"));
    }

    [Fact]
    public async Task Receive_GoesOnWithUnpacking()
    {
        var link = await ReceiveAndKillAsync();

        var second = Beam("receive", link, "--into", "there", "--force");

        await ExitsAsync(second, ExitCode.Success);
        Assert.Contains("Unpacked: 1 files", second.ErrorText, StringComparison.Ordinal);
        Assert.Equal("new", await File.ReadAllTextAsync(Folder["there/photos/a.jpg"]));
        Assert.Equal(["photos"], Directory.EnumerateFileSystemEntries(Folder["there"]).Select(Path.GetFileName));

        // What is done is done: there is nothing left to go on with.
        await ExitsAsync(Beam("receive", link, "--into", "there", "--force"), ExitCode.Gone);
    }

    [Theory]
    [InlineData("other content")]
    [InlineData("longer")]
    [InlineData("link")]
    [InlineData("pipe")]
    [InlineData("folder")]
    public async Task Receive_TouchesNothing_ThatLiesWhereTheArchiveWas(string what)
    {
        var link = await ReceiveAndKillAsync();
        var path = Folder["there/photos.tar"];
        var archive = await File.ReadAllBytesAsync(path);
        File.Move(path, Folder["moved.tar"]);
        await (what switch
        {
            "other content" => File.WriteAllBytesAsync(path, [.. archive[..600], (byte)'X', .. archive[601..]]),
            "longer" => File.WriteAllBytesAsync(path, [.. archive, 0]),
            "link" => Task.FromResult(File.CreateSymbolicLink(path, Folder["moved.tar"])),
            "pipe" => RunAsync("mkfifo", path),
            _ => Task.FromResult(Directory.CreateDirectory(path)),
        });

        var second = Beam("receive", link, "--into", "there", "--force");

        await ExitsAsync(second, what == "folder" ? ExitCode.Exists : ExitCode.Gone);
        Assert.DoesNotContain("npacked", second.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("An earlier run", second.ErrorText, StringComparison.Ordinal);
        Assert.Equal("old", await File.ReadAllTextAsync(Folder["there/photos/a.jpg"]));
        Assert.Contains(path, Directory.EnumerateFileSystemEntries(Folder["there"]));
        Assert.Equal(archive, await File.ReadAllBytesAsync(Folder["moved.tar"]));
        Assert.DoesNotContain(Home.Files(), static name => name.EndsWith(".json", StringComparison.Ordinal));
    }

    private string[] Hidden()
        => [.. Directory.EnumerateDirectories(Folder.Path, ".beam-*").Where(static path => Path.GetFileName(path) != ".beam-notes")];

    /// <summary>Receives a folder, and is killed while it asks whether it may overwrite a file.</summary>
    private async Task<string> ReceiveAndKillAsync()
    {
        Directory.CreateDirectory(Folder["photos"]);
        Folder.Write("photos/a.jpg", "new"u8);
        Directory.CreateDirectory(Folder["there/photos"]);
        Folder.Write("there/photos/a.jpg", "old"u8);
        var sender = Beam("send", "photos");
        var link = await LinkOfAsync(sender);
        var killed = OnTerminal(80, $"echo $$ >pid; exec $BEAM receive '{link}' --into there");
        await killed.WaitForOutputAsync("Overwrite", Patience);
        await ExitsAsync(sender, ExitCode.Success);
        await KillAsync(killed);
        return link;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        await using var process = ClientProcess.Start(program, arguments);
        Assert.Equal(0, await process.WaitAsync(Patience));
    }

    private async Task<ClientProcess> UnpackUntilItAsksAsync()
    {
        var unpack = OnTerminal(80, "echo $$ >pid; exec $BEAM unpack x.tar -o .");
        await unpack.WaitForOutputAsync("Overwrite", Patience);
        return unpack;
    }

    private async Task KillAsync(ClientProcess terminal)
    {
        await using var kill = ClientProcess.Start("kill", "-9", (await File.ReadAllTextAsync(Folder["pid"])).Trim());
        Assert.Equal(128 + 9, await terminal.WaitAsync(Patience));
    }

    private static async Task AnswerAsync(ClientProcess terminal, string answer)
    {
        await terminal.StandardInput.WriteAsync(Encoding.UTF8.GetBytes(answer));
        await terminal.StandardInput.FlushAsync();
    }
}
