using System.CommandLine;
using Beam.Client;

namespace Beam.Cli.Commands;

/// <summary><c>beam status</c>.</summary>
internal static class StatusCommand
{
    public static Command Create(ToolContext tool)
    {
        var link = CommonOptions.Link();
        var command = new ExampleCommand(
            "status",
            "Show how far a transfer is, without taking part in it.",
            "beam status https://beam.example/TOKEN/report.pdf") { link };
        command.Does(tool, async (parsed, report, cancellationToken) =>
        {
            var file = LinkText.ReadFile(parsed.GetRequiredValue(link));
            using var client = new BeamClient(file.BaseAddress, new BeamClientOptions { TimeProvider = tool.Clock });
            var status = await client.GetStatusAsync(file, cancellationToken)
                ?? throw new BeamException(BeamError.NotFound, "There is no such transfer, or the server no longer remembers it.");
            report.Told(
                "status",
                [
                    ("name", status.Name),
                    ("state", status.State),
                    ("length", status.Length),
                    ("bytesReceived", status.BytesReceived),
                    ("bytesSent", status.BytesSent),
                    ("receivers", status.Receivers.Count),
                    ("startedAt", status.StartedAt),
                    ("expiresAt", status.ExpiresAt),
                    ("outcome", OutcomeOf(status)),
                    ("error", status.ErrorCode),
                    ("sha256", status.Sha256),
                ]);
            return ExitCode.Success;
        });
        return command;
    }

    private static string? OutcomeOf(BeamStatus status) => status switch
    {
        { Outcome: { } outcome } => outcome.ToString().ToLowerInvariant(),
        { Error: not null } => "failed",
        _ => null,
    };
}
