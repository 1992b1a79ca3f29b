using System.CommandLine;
using Beam.Cli.Doctor;

namespace Beam.Cli.Commands;

/// <summary><c>beam doctor</c>.</summary>
internal static class DoctorCommand
{
    private const int UsualIdleSeconds = 100;

    public static Command Create(ToolContext tool)
    {
        var url = new Argument<string?>("URL") { Description = CommonOptions.ServerDescription, Arity = ArgumentArity.ZeroOrOne };
        var idle = new Option<int>("--idle")
        {
            Description = "How many seconds a request must be able to wait without a byte.",
            HelpName = "SECONDS",
            DefaultValueFactory = static _ => UsualIdleSeconds,
        };
        var command = new ExampleCommand(
            "doctor",
            "Check what the proxies in front of a server do to streams: buffering, limits on bodies, idle timeouts. Sends 33 MB.",
            "beam doctor https://beam.example",
            "beam doctor https://beam.example --idle 30") { url, idle };
        command.Does(tool, async (parsed, report, cancellationToken) =>
        {
            using var beam = tool.ReadSettings().Server(parsed.GetValue(url)).NewClient(tool.Clock);

            // What a server says must not send requests elsewhere, perhaps into the network that this machine is in.
            using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
            using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
            var doctor = new ProxyDoctor(beam, http, TimeSpan.FromSeconds(parsed.GetValue(idle)), tool.Clock);
            var isWell = true;
            await foreach (var finding in doctor.ExamineAsync(cancellationToken))
            {
                isWell &= finding.IsWell;
                report.Told("check", [(finding.Check, finding.Verdict)]);
            }

            return isWell ? ExitCode.Success : ExitCode.Unhealthy;
        });
        return command;
    }
}
