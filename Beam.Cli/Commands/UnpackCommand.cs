using System.CommandLine;
using Beam.Cli.Receiving;
using Beam.Cli.Terminal;

namespace Beam.Cli.Commands;

/// <summary><c>beam unpack</c>.</summary>
internal static class UnpackCommand
{
    public static Command Create(ToolContext tool)
    {
        var archive = new Argument<string>("ARCHIVE") { Description = "A tar or zip archive." };
        var output = new Option<string>("--output", "-o") { Description = "The folder to unpack into.", HelpName = "FOLDER", DefaultValueFactory = static _ => "." };
        var force = CommonOptions.Force();
        var command = new ExampleCommand(
            "unpack",
            "Unpack an archive as 'beam receive' does: nothing is written outside the folder, and an archive that tries to is refused as a whole.",
            "beam unpack photos.tar -o holidays/") { archive, output, force };
        command.Does(tool, async (parsed, report, cancellationToken) =>
        {
            var folder = parsed.GetRequiredValue(output);
            var summary = await new Unpacking(tool.Console).RunAsync(parsed.GetRequiredValue(archive), folder, parsed.GetValue(force), cancellationToken);
            report.Told("unpacked", [("files", summary.Files), ("bytes", summary.Bytes), ("changedNames", summary.ChangedNames), ("folder", TerminalText.Clean(folder))]);
            return ExitCode.Success;
        });
        return command;
    }
}
