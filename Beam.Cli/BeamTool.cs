using System.CommandLine;
using System.CommandLine.Invocation;
using Beam.Cli.Commands;
using Beam.Cli.Terminal;

namespace Beam.Cli;

/// <summary>The tool as a whole: its commands, and a run of one of them.</summary>
internal static class BeamTool
{
    // A file may be called @photo.jpg.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>All commands.</summary>
    public static RootCommand CreateCommands(ToolContext tool)
    {
        var root = new RootCommand("Send and receive files, folders and pipes through a Beam relay.")
        {
            SendCommand.Create(tool),
            ReceiveCommand.Create(tool),
            RequestCommand.Create(tool),
            StatusCommand.Create(tool),
            CancelCommand.Create(tool),
            UnpackCommand.Create(tool),
            ConfigCommand.Create(tool),
            DoctorCommand.Create(tool),
            CompletionCommand.Create(tool),
            CommonOptions.Json,
        };
        root.HelpName = "beam";
        ExampleHelp.AddTo(root);
        return root;
    }

    /// <summary>Runs a command line.</summary>
    public static async Task<int> RunAsync(ToolContext tool, IReadOnlyList<string> arguments)
    {
        var parsed = CreateCommands(tool).Parse(arguments, Parsing);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
            {
                await tool.Console.Error.WriteLineAsync("beam: " + TerminalText.Clean(error.Message));
            }

            await tool.Console.Error.WriteLineAsync("Try 'beam --help'.");
            return (int)ExitCode.Usage;
        }

        using var interruption = new Interruption(tool.Clock);
        var configuration = new InvocationConfiguration
        {
            Output = tool.Console.Out,
            Error = tool.Console.Error,

            // The library's own handling does not notice that a terminal was closed: Interruption does.
            ProcessTerminationTimeout = null,
        };
        return await interruption.WaitAsync(parsed.InvokeAsync(configuration, interruption.Token));
    }
}
