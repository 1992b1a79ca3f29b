namespace Beam.Samples.Tests.Readme;

/// <summary>Runs a README's commands as they are printed, except that nothing is built again and the port is a free one.</summary>
internal sealed class ReadmeServer : IAsyncDisposable
{
    private const string RunPrefix = "dotnet run --project ";

    private readonly ServerProcess _server;
    private readonly string _printedAddress;
    private readonly TempFolder _folder = new();

    private ReadmeServer(ServerProcess server, string printedAddress)
    {
        _server = server;
        _printedAddress = printedAddress;
        File.Copy(Path.Combine(Repository.Root, "README.md"), _folder["README.md"]);
    }

    /// <summary>Where it listens, in place of the printed address.</summary>
    public string Address => _server.Address.GetLeftPart(UriPartial.Authority);

    /// <summary>Runs the <c>dotnet run</c> line.</summary>
    public static async Task<ReadmeServer> StartAsync(string block, string printedAddress)
    {
        Assert.StartsWith(RunPrefix, block, StringComparison.Ordinal);
        string[] words = block[RunPrefix.Length..].Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

        // Of two --urls the later one counts.
        string[] arguments =
            ["run", "--no-build", "--configuration", BuildOutput.Configuration, "--project", .. words, "--urls", "http://127.0.0.1:0"];
        return new ReadmeServer(await ServerProcess.StartAsync(arguments, []), printedAddress);
    }

    /// <summary>Starts the commands of a block in a shell that stops at the first one that fails.</summary>
    public ClientProcess Start(string block, string? token = null)
    {
        Assert.Contains(_printedAddress, block, StringComparison.Ordinal);
        var commands = block.Replace(_printedAddress, Address, StringComparison.Ordinal);
        return ClientProcess.Start(
            "bash",
            ["-euo", "pipefail", "-c", commands],
            new ClientProcessOptions
            {
                WorkingDirectory = _folder.Path,
                Environment = new Dictionary<string, string?> { ["TOKEN"] = token },
            });
    }

    /// <summary>Asserts that the receiver has what the sender sent.</summary>
    public async Task AssertReceivedAsync()
        => Assert.Equal(await File.ReadAllTextAsync(_folder["README.md"]), await File.ReadAllTextAsync(_folder["copy.md"]));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }
}
