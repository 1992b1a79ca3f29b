using System.Globalization;
using Beam.Cli.Tests.Support;

namespace Beam.Cli.Tests.Processes;

/// <summary>The server is killed with <c>kill -9</c>, and started again on the same port.</summary>
public sealed class ServerRestartTests : ToolTests
{
    private const int LargeBytes = 20_000_000;
    private const int CutBytes = 5_000_000;

    private readonly int _port = TestPorts.Free();

    [Fact]
    public async Task HandedInFile_IsReceivedToItsEnd()
    {
        Folder.Write("large", TestBytes.Create(6, LargeBytes));
        var server = await StartAsync();
        var network = Own(new FaultProxy(_port));
        var sender = Beam("send", "large", "--hand-in", "--server", Url(network.Port));
        await ExitsAsync(sender, ExitCode.Success);

        // The connections of the download break off before its end, and no other is let through.
        var before = network.Connections;
        network.Plan = number => new ConnectionFault(CutAfterReceived: number < before + 2 ? CutBytes : 0);
        var receiver = Beam("receive", sender.OutputText.Trim(), "-o", "copy");
        await Eventually.TrueAsync(
            () => new DirectoryInfo(Folder.Path).EnumerateFiles("*.beam-part").Any(static file => file.Length > CutBytes / 2),
            "the first bytes are on the disk",
            Patience);
        await server.KillAsync();
        await StartAsync();
        network.Plan = static _ => default;

        await ExitsAsync(receiver, ExitCode.Success);
        Assert.Equal(LargeBytes, new FileInfo(Folder["copy"]).Length);
        Assert.Equal(-1, TestBytes.FindMismatch(6, 0, await File.ReadAllBytesAsync(Folder["copy"])));
        Assert.DoesNotContain(Folder.Files(), static name => name.EndsWith(".beam-part", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WaitingSender_SaysThatItsLinkIsGone_AndTheSameCommandHasANewOne()
    {
        Folder.Write("file", "content"u8);
        var server = await StartAsync();
        var first = Beam("send", "file", "--server", Url(_port));
        var link = await LinkOfAsync(first);
        await server.KillAsync();
        await StartAsync();

        await ExitsAsync(first, ExitCode.NotFound);
        var second = Beam("send", "file", "--server", Url(_port));
        var other = await LinkOfAsync(second);

        Assert.NotEqual(link, other);
        await ExitsAsync(Beam("receive", link, "-o", "copy"), ExitCode.NotFound);
        await ExitsAsync(Beam("receive", other, "-o", "copy"), ExitCode.Success);
        await ExitsAsync(second, ExitCode.Success);
        Assert.Equal("content", await File.ReadAllTextAsync(Folder["copy"]));
    }

    private static string Url(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

    private async Task<ServerProgram> StartAsync()
        => Own(await ServerProgram.StartAsync(BuildOutput.ProgramOf(ServerProcess.BeamServer), _port, Home["spill"], Patience));
}
