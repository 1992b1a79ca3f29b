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
        await ExitsAsync(alive, ExitCode.Success);
        Assert.Empty(Hidden());
        Assert.Equal([".beam-notes/mine", "a", "b", "x.tar"], Folder.Files().Where(static name => name != "pid"));
    }

    [Fact]
    public async Task Receive_GoesOnWithUnpacking()
    {
        Directory.CreateDirectory(Folder["photos"]);
        Folder.Write("photos/a.jpg", "new"u8);
        Directory.CreateDirectory(Folder["there/photos"]);
        Folder.Write("there/photos/a.jpg", "old"u8);
        var sender = Beam("send", "photos");
        var link = await LinkOfAsync(sender);
        var killed = OnTerminal(80, $"echo $$ >pid; exec $BEAM receive '{link}' -o there");
        await killed.WaitForOutputAsync("Overwrite", Patience);
        await ExitsAsync(sender, ExitCode.Success);
        await KillAsync(killed);

        var second = Beam("receive", link, "-o", "there", "--force");

        await ExitsAsync(second, ExitCode.Success);
        Assert.Contains("Unpacked: 1 files", second.ErrorText, StringComparison.Ordinal);
        Assert.Equal("new", await File.ReadAllTextAsync(Folder["there/photos/a.jpg"]));
        Assert.Equal(["photos"], Directory.EnumerateFileSystemEntries(Folder["there"]).Select(Path.GetFileName));

        // What is done is done: there is nothing left to go on with.
        await ExitsAsync(Beam("receive", link, "-o", "there", "--force"), ExitCode.Gone);
    }

    private string[] Hidden()
        => [.. Directory.EnumerateDirectories(Folder.Path, ".beam-*").Where(static path => Path.GetFileName(path) != ".beam-notes")];

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
