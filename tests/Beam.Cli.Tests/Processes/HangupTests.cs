using Beam.Cli.Tests.Support;

namespace Beam.Cli.Tests.Processes;

/// <summary>The terminal is closed, or the connection to it is lost: that ends a transfer as Ctrl+C does.</summary>
public sealed class HangupTests : ToolTests
{
    private const int Hangup = 1;

    [Fact]
    public async Task Sender_IsInterrupted_AndItsReceiverIsTold()
    {
        var sender = BeamReadingForever("send", "-");
        var receiver = Beam("receive", await LinkOfAsync(sender), "-o", "-");
        await receiver.WaitForOutputAsync("begin", Patience);

        sender.Signal(Hangup);

        await ExitsAsync(sender, ExitCode.Interrupted);
        await ExitsAsync(receiver, ExitCode.Cancelled);
    }

    /// <summary>What comes before <c>beam</c> in a pipeline dies of the same key press, and its end looks like that of the file.</summary>
    [Theory]
    [InlineData("INT")]
    [InlineData("HUP")]
    public async Task Pipeline_ThatIsInterrupted_DoesNotSendACutFileAsAWholeOne(string signal)
    {
        Assert.SkipUnless(ClientProcess.IsAvailable("setsid"), "setsid (util-linux) is not installed.");
        var pipeline = Own(ClientProcess.Start(
            "setsid",
            ["bash", "-o", "pipefail", "-c", $"(printf begin; exec sleep 600) | dotnet '{Program}' send -"],
            new ClientProcessOptions { Environment = ToolEnvironment(), WorkingDirectory = Folder.Path }));
        var receiver = Beam("receive", await LinkOfAsync(pipeline), "-o", "-");
        await receiver.WaitForOutputAsync("begin", Patience);

        await using var press = ClientProcess.Start("bash", "-c", $"kill -{signal} -- -{pipeline.Id}");

        Assert.Equal(0, await press.WaitAsync());
        await ExitsAsync(receiver, ExitCode.Cancelled);
        await pipeline.WaitAsync(Patience);
        Assert.DoesNotContain("Delivered", pipeline.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receiver_IsInterrupted_AndLeavesNothing()
    {
        var sender = BeamReadingForever("send", "-");
        var receiver = Beam("receive", await LinkOfAsync(sender), "-o", "copy");
        await Eventually.TrueAsync(() => Folder.Files().Count > 0, "the first bytes are on the disk", Patience);

        receiver.Signal(Hangup);

        await ExitsAsync(receiver, ExitCode.Interrupted);
        await ExitsAsync(sender, ExitCode.Cancelled);
        Assert.Empty(Folder.Files());
    }

    [Fact]
    public async Task ReceiverIsTold_WhenTheTerminalOfItsSenderIsClosed()
    {
        Folder.Write("large", TestBytes.Create(1, 48_000_000));
        var terminal = OnTerminal(80, "$BEAM send large");
        await terminal.WaitForOutputAsync("beam receive ", Patience);

        // The terminal has got controls before the link.
        var link = terminal.OutputText[terminal.OutputText.IndexOf(Server.Url, StringComparison.Ordinal)..].Split('\r')[0];
        using var response = await Server.Client.GetAsync(link, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        await terminal.WaitForOutputAsync("%", Patience);

        terminal.Kill();

        // It reads on only then: the sender cannot come to its end, and one that is only gone would be waited for.
        await Eventually.TrueAsync(
            async () => (await Server.Client.GetStringAsync(link + "?status")).Contains("cancelled", StringComparison.Ordinal),
            "the transfer is cancelled",
            Patience);
        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null)).WaitAsync(Patience, TimeProvider.System);
    }

    [Fact]
    public async Task Sender_GoesOn_WhenItWasStartedToOutliveItsTerminal()
    {
        Folder.Write("file", "content"u8);
        var sender = Own(ClientProcess.Start(
            "sh",
            ["-c", $"trap '' HUP; exec dotnet '{Program}' send file"],
            new ClientProcessOptions { Environment = ToolEnvironment(), WorkingDirectory = Folder.Path }));
        var link = await LinkOfAsync(sender);

        sender.Signal(Hangup);

        Assert.Equal("content", await Server.Client.GetStringAsync(link));
        await ExitsAsync(sender, ExitCode.Success);
    }
}
