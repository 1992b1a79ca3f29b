using System.Globalization;
using Microsoft.AspNetCore.Builder;

namespace Beam.Cli.Tests.Support;

/// <summary>
/// What tests of the tool as a program share: a folder to work in, a home of their own, and programs that end with the test.
/// </summary>
public abstract class ToolTests : IAsyncLifetime
{
    // A start takes long on a machine that is busy with other tests.
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Belongings _owned = new();

    private protected static string Program { get; } = BuildOutput.ProgramOf("Beam.Cli");

    private protected TempFolder Folder { get; } = new();

    private protected TempFolder Home { get; } = new();

    private protected TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
        => Server = await TestServer.StartAsync(new TestServerSetup { Options = Configure, App = Configure, EndsEmpty = false });

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _owned.DisposeAsync();

        await Server.DisposeAsync();
        Folder.Dispose();
        Home.Dispose();
    }

    /// <summary>What is said of the relay.</summary>
    private protected virtual void Configure(BeamOptions options)
    {
    }

    /// <summary>What else the server has.</summary>
    private protected virtual void Configure(WebApplication app)
    {
    }

    private protected Dictionary<string, string?> ToolEnvironment() => new()
    {
        ["HOME"] = Home.Path,
        ["XDG_CONFIG_HOME"] = Home["config"],
        ["XDG_DATA_HOME"] = Home["data"],
        ["BEAM_SERVER"] = Server.Url,
        ["BEAM_KEY"] = null,
        ["DOTNET_CLI_HOME"] = Home.Path,
    };

    private protected ClientProcess Beam(params IEnumerable<string> arguments)
        => Beam(new ClientProcessOptions { Environment = ToolEnvironment(), WorkingDirectory = Folder.Path }, arguments);

    private protected ClientProcess Beam(ClientProcessOptions options, params IEnumerable<string> arguments)
        => Own(ClientProcess.Start("dotnet", [Program, .. arguments], options));

    private protected ClientProcess BeamReading(byte[] input, params IEnumerable<string> arguments)
        => Beam(
            new ClientProcessOptions { Environment = ToolEnvironment(), WorkingDirectory = Folder.Path, Input = new MemoryStream(input) },
            arguments);

    /// <summary>Starts the tool with a standard input that says <c>begin</c> and does not end.</summary>
    private protected ClientProcess BeamReadingForever(params IEnumerable<string> arguments)
        => Beam(
            new ClientProcessOptions
            {
                Environment = ToolEnvironment(),
                WorkingDirectory = Folder.Path,
                Input = new MemoryStream("begin"u8.ToArray()),
                KeepInputOpen = true,
            },
            arguments);

    /// <summary>Runs a shell's command on a pseudo-terminal; <c>$BEAM</c> is the tool.</summary>
    private protected ClientProcess OnTerminal(int columns, string command)
    {
        Assert.SkipUnless(
            ClientProcess.IsAvailable("script") && ClientProcess.IsAvailable("stty"),
            "script (util-linux) or stty is not installed.");
        var environment = ToolEnvironment();
        environment["TERM"] = "xterm";
        environment["COLUMNS"] = null;
        environment["BEAM"] = $"dotnet {Program}";
        var line = string.Create(CultureInfo.InvariantCulture, $"stty cols {columns} rows 24 -echo; {command}");
        return Own(ClientProcess.Start(
            "script",
            ["-q", "-e", "-c", line, "/dev/null"],
            new ClientProcessOptions { Environment = environment, WorkingDirectory = Folder.Path, KeepInputOpen = true }));
    }

    /// <summary>Waits for the link that a sender writes.</summary>
    private protected static async Task<string> LinkOfAsync(ClientProcess sender)
    {
        await sender.WaitForOutputAsync("\n", Patience);
        return sender.OutputText.Split('\n')[0];
    }

    private protected static async Task ExitsAsync(ClientProcess program, ExitCode code)
        => Assert.True((int)code == await program.WaitAsync(Patience), $"Not {code}: {program.Describe()}");

    private protected T Own<T>(T owned)
        where T : IAsyncDisposable => _owned.Add(owned);
}
