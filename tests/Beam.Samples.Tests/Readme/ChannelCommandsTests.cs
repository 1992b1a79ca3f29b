namespace Beam.Samples.Tests.Readme;

/// <summary>The commands of docs/protocol.md that need no more than a server, as they are printed.</summary>
public sealed class ChannelCommandsTests
{
    private const string PrintedAddress = "http://localhost:4000";

    private readonly IReadOnlyList<string> _blocks = new ReadmeText("docs/protocol.md").Blocks("sh");

    [Fact]
    [Trait("Rule", "P14")]
    public async Task OneCommand_Sends_AndPrintsTheCommandThatReceives()
    {
        await using var server = await ServerProcess.StartBeamServerAsync();
        using var folder = new TempFolder();
        using var received = new TempFolder();
        folder.Write("photo.jpg", TestBytes.Create(51, 3_000_000));

        await using var sender = Run(server, "-T photo.jpg", folder);
        await sender.WaitForOutputAsync("# curl ");
        await sender.WaitForOutputAsync("cancel.\n");
        var command = sender.OutputText.Split('\n').Single(static line => line.StartsWith("# curl ", StringComparison.Ordinal))[2..];
        await using var receiver = Shell(command, received);

        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.Equal(TestBytes.Create(51, 3_000_000), await File.ReadAllBytesAsync(received["photo.jpg"]));
        Assert.Contains("\nconfirmed: 3000000 bytes to 1 receiver in ", sender.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P9")]
    [Trait("Rule", "P10")]
    [Trait("Rule", "P25")]
    public async Task Link_TakesAFile_ThatTheChannelGivesAsItsNext()
    {
        await using var server = await ServerProcess.StartBeamServerAsync();
        var token = await server.MintAsync();
        using var folder = new TempFolder();
        using var received = new TempFolder();
        folder.Write("report.pdf", TestBytes.Create(52, 1000));

        await using var sender = Run(server, "rights=send", folder, token);
        await Eventually.TrueAsync(
            async () => (await StatusAsync(server, folder, token)).Contains("\"state\":\"waiting-for-receiver\"", StringComparison.Ordinal),
            "the file waits for its receiver",
            TimeSpan.FromSeconds(30));
        await using var receiver = Run(server, "-OJ", received, token);

        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.Equal(TestBytes.Create(52, 1000), await File.ReadAllBytesAsync(received["report.pdf"]));
        Assert.Contains("\"outcome\":\"confirmed\"", await StatusAsync(server, folder, token), StringComparison.Ordinal);
    }

    private async Task<string> StatusAsync(ServerProcess server, TempFolder folder, string token)
    {
        await using var curl = Run(server, "?status", folder, token);
        await curl.WaitAsync();
        return curl.OutputText;
    }

    /// <summary>Runs the one block that has such words.</summary>
    private ClientProcess Run(ServerProcess server, string words, TempFolder folder, string? token = null)
    {
        var block = _blocks.Single(block => block.Contains(words, StringComparison.Ordinal));
        return Shell(
            block.Replace(PrintedAddress, server.Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal), folder, token);
    }

    private static ClientProcess Shell(string commands, TempFolder folder, string? token = null) => ClientProcess.Start(
        "bash",
        ["-euo", "pipefail", "-c", commands],
        new ClientProcessOptions { WorkingDirectory = folder.Path, Environment = new Dictionary<string, string?> { ["TOKEN"] = token } });
}
