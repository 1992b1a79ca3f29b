using System.CommandLine;
using Beam.Client;

namespace Beam.Cli.Commands;

/// <summary><c>beam cancel</c>.</summary>
internal static class CancelCommand
{
    public static Command Create(ToolContext tool)
    {
        var link = CommonOptions.Link();
        var command = new ExampleCommand(
            "cancel",
            "Cancel a transfer for both sides. A link that can only receive cancels only what was received with that link.",
            "beam cancel https://beam.example/TOKEN/report.pdf") { link };
        command.Does(tool, async (parsed, report, cancellationToken) =>
        {
            var file = LinkText.ReadFile(parsed.GetRequiredValue(link));
            using var client = new BeamClient(file.BaseAddress, new BeamClientOptions { TimeProvider = tool.Clock });
            await client.CancelAsync(file, cancellationToken);
            report.Note("Cancelled.");
            return ExitCode.Success;
        });
        return command;
    }
}
