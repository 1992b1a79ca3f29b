using System.Text.RegularExpressions;
using Beam.Cli.Terminal;
using Beam.Cli.Tests.Support;

namespace Beam.Cli.Tests.Processes;

/// <summary>What is seen on a terminal, a pseudo-terminal of util-linux' script.</summary>
public sealed partial class TerminalTests : ToolTests
{
    [Theory]
    [InlineData(80)]
    [InlineData(20)]
    public async Task Progress_FitsTheTerminal(int columns)
    {
        var token = await Server.MintAsync();
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var content = new StreamContent(new GatedStream(new PatternStream(1, 20_000_000), 10_000_000, goOn.Task));
        content.Headers.ContentLength = 20_000_000;
        var terminal = OnTerminal(columns, $"$BEAM receive {Server.Url}/{token}/a-rather-long-name-of-a-file.iso -o copy");
        await terminal.WaitForOutputAsync("waiting", Patience);

        var sending = Server.Client.PutAsync($"{token}/a-rather-long-name-of-a-file.iso", content);
        await terminal.WaitForOutputAsync("%", Patience);
        goOn.SetResult();

        await ExitsAsync(terminal, ExitCode.Success);
        using var answer = await sending;
        var frames = Frames(terminal.OutputText);
        Assert.All(frames, frame => Assert.True(CellWidth.Of(frame) < columns, frame));
        Assert.Contains(frames, static frame => frame.Contains('%', StringComparison.Ordinal));
        Assert.Equal(columns > 40, frames.Any(static frame => frame.Contains("  [", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Progress_FitsTheTerminal_WhenTheOutputIsAPipe()
    {
        Folder.Write("file", TestBytes.Create(1, 100_000));
        var sender = Beam("send", "file");

        var terminal = OnTerminal(20, $"$BEAM receive '{await LinkOfAsync(sender)}' -o - >copy");

        await ExitsAsync(terminal, ExitCode.Success);
        Assert.Equal(100_000, new FileInfo(Folder["copy"]).Length);
        Assert.NotEmpty(Frames(terminal.OutputText));
        Assert.All(Frames(terminal.OutputText), static frame => Assert.True(CellWidth.Of(frame) < 20, frame));
    }

    [Theory]
    [InlineData(80, true)]
    [InlineData(20, false)]
    public async Task Sender_ShowsACodeForCameras_WhereItFits(int columns, bool fits)
    {
        Folder.Write("file", "content"u8);
        var terminal = OnTerminal(columns, "$BEAM send file");
        await terminal.WaitForOutputAsync("waiting", Patience);
        var link = Escapes().Replace(terminal.OutputText, "").Split('\n')[0].Trim();

        Assert.Equal("content", await Server.Client.GetStringAsync(link));

        await ExitsAsync(terminal, ExitCode.Success);
        Assert.Equal(fits, terminal.OutputText.Contains('▀', StringComparison.Ordinal));
    }

    [Fact]
    public async Task HostileName_NeverReachesTheTerminal()
    {
        Directory.CreateDirectory(Folder["folder"]);
        File.CreateSymbolicLink(Folder["folder/\u001b]0;owned\a\u009b2J\u202E"], "/etc/passwd");
        var terminal = OnTerminal(80, "$BEAM send folder --wait 1");

        await ExitsAsync(terminal, ExitCode.NobodyCame);
        Assert.Contains("Left out", terminal.OutputText, StringComparison.Ordinal);
        Assert.DoesNotMatch("\u001b\\]|\a|\u009b|\u202E", terminal.OutputText);
    }

    [Fact]
    public async Task Overwriting_IsAskedFor()
    {
        Folder.Write("a", "old"u8);
        await File.WriteAllBytesAsync(Folder["x.tar"], new TarBytes().File("a", "new").End());

        var no = OnTerminal(80, "$BEAM unpack x.tar -o .");
        await no.WaitForOutputAsync("Overwrite", Patience);
        await no.StandardInput.WriteAsync("n\n"u8.ToArray());
        await no.StandardInput.FlushAsync();
        await ExitsAsync(no, ExitCode.Exists);
        Assert.Equal("old", await File.ReadAllTextAsync(Folder["a"]));

        var yes = OnTerminal(80, "$BEAM unpack x.tar -o .");
        await yes.WaitForOutputAsync("Overwrite", Patience);
        await yes.StandardInput.WriteAsync("y\n"u8.ToArray());
        await yes.StandardInput.FlushAsync();
        await ExitsAsync(yes, ExitCode.Success);
        Assert.Equal("new", await File.ReadAllTextAsync(Folder["a"]));
    }

    private static string[] Frames(string output)
        => [.. Escapes().Replace(output, "").Split('\r', '\n').Where(IsFrame)];

    private static bool IsFrame(string line)
        => line.Contains('%', StringComparison.Ordinal) || line.Contains("waiting", StringComparison.Ordinal);

    [GeneratedRegex("\u001b(\\[[0-9;?]*[A-Za-z]|[=>])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Escapes();
}
