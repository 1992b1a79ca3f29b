using System.CommandLine;
using Beam.Cli.Reports;
using Beam.Client;

namespace Beam.Cli.Commands;

/// <summary>Runs a command, and turns its result into an exit code and a line.</summary>
internal static class Invocation
{
    /// <summary>Sets what a command does.</summary>
    /// <param name="command">The command.</param>
    /// <param name="tool">What it works with.</param>
    /// <param name="run">What it does.</param>
    /// <param name="outputIsTaken">Whether, on this command line, a file goes to the standard output.</param>
    public static void Does(
        this Command command,
        ToolContext tool,
        Func<ParseResult, IReport, CancellationToken, Task<ExitCode>> run,
        Func<ParseResult, bool>? outputIsTaken = null)
        => command.SetAction(async (parsed, cancellationToken) =>
        {
            var report = tool.NewReport(parsed.GetValue(CommonOptions.Json), outputIsTaken?.Invoke(parsed) ?? false);
            try
            {
                return (int)await run(parsed, report, cancellationToken);
            }
            catch (Exception exception)
            {
                var code = ExitCodes.Of(exception);
                if (code != ExitCode.OutputClosed)
                {
                    report.Failed(code, MessageOf(exception, code));
                }

                return (int)code;
            }
        });

    private static string MessageOf(Exception exception, ExitCode code) => (exception, code) switch
    {
        (_, ExitCode.Interrupted) => "Interrupted.",
        (BeamException { Error: BeamError.Unauthorized }, _)
            => "The server asks for an access key, or for another one. Set it with 'beam config key -', or in BEAM_KEY beside BEAM_SERVER.",
        (BeamException { Error: BeamError.TargetExists, InnerException: null }, _)
            => exception.Message + " Choose another name, or overwrite it with --force.",
        (BeamException { InnerException: { } cause }, ExitCode.Unreachable) => $"{exception.Message} ({cause.GetBaseException().Message})",
        (_, ExitCode.Unexpected) when exception is not BeamException => $"{exception.GetType().Name}: {exception.Message}",
        _ => exception.Message,
    };
}
