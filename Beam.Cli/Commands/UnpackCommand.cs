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
        var output = new Option<string?>("--output", "-o")
        {
            Description = "The folder to unpack into, where the content joins what is there. "
                + "The default is a new folder in the current folder, named after the archive.",
            HelpName = "FOLDER",
        };
        var force = CommonOptions.Force();
        var dotNames = CommonOptions.DotNames();
        var command = new ExampleCommand(
            "unpack",
            "Unpack an archive as 'beam receive' does. Nothing is written outside the folder: "
                + "if an archive tries to, the tool refuses all of it.",
            "beam unpack photos.tar",
            "beam unpack photos.tar -o holidays/") { archive, output, force, dotNames };
        command.Does(tool, async (parsed, report, cancellationToken) =>
        {
            var consent = new UserConsent(tool.Console, parsed.GetValue(force), parsed.GetValue(dotNames));
            var unpacking = new Unpacking(consent);
            var path = parsed.GetRequiredValue(archive);
            var named = parsed.GetValue(output);
            using var opened = new LocalArchive(path);
            var summary = named is null
                ? await NewFolder.UnpackAsync(unpacking, opened, Path.GetFileName(path), Path.GetFullPath("."), cancellationToken)
                : await unpacking.RunAsync(opened, named, cancellationToken);
            var folder = named ?? summary.TopLevelNames[0];
            report.Told(
                "unpacked",
                [
                    ("files", summary.Files),
                    ("bytes", summary.Bytes),
                    ("changedNames", summary.ChangedNames),
                    ("folder", TerminalText.Clean(folder)),
                ]);
            return ExitCode.Success;
        });
        return command;
    }
}
