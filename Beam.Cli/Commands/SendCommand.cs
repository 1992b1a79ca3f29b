using System.CommandLine;
using System.Globalization;
using Beam.Cli.Sending;

namespace Beam.Cli.Commands;

/// <summary><c>beam send</c>.</summary>
internal static class SendCommand
{
    public static Command Create(ToolContext tool)
    {
        var paths = new Argument<string[]>("FILE")
        {
            Description = "Files and folders, or - for the standard input. A folder, or several files and folders, travel as one archive.",
            Arity = ArgumentArity.OneOrMore,
        };
        var name = new Option<string?>("--name", "-n") { Description = "The name that the receiver sees.", HelpName = "NAME" };
        var zip = new Option<bool>("--zip") { Description = "Pack as zip, for receivers without tar. A second run cannot resume a zip." };
        var handIn = new Option<bool>("--hand-in")
        {
            Description = "End as soon as the server has everything. The server then waits for the receiver.",
        };
        var receivers = new Option<int>("--receivers", "-r")
        {
            Description = "How many receivers get it.",
            HelpName = "COUNT",
            DefaultValueFactory = static _ => 1,
        };
        var wait = CommonOptions.Wait("a receiver");
        var server = CommonOptions.Server();

        receivers.Validators.Add(static result =>
        {
            if (result.Tokens.Count > 0 && !IsCount(result.Tokens[0].Value))
            {
                result.AddError("--receivers takes a number, from 1 upward.");
            }
        });
        var command = new ExampleCommand(
            "send",
            "Send files, a folder or the standard input. The tool writes the link to the standard output, "
                + "and ends when the receiver has everything. After a crash, the same command resumes the transfer.",
            "beam send report.pdf",
            "beam send photos/",
            "pg_dump shop | beam send - --name shop.sql") { paths, name, zip, handIn, receivers, wait, server };
        command.Does(tool, (parsed, report, cancellationToken) => new Sender(tool, report).RunAsync(
            new SendRequest(
                parsed.GetRequiredValue(paths),
                parsed.GetValue(name),
                parsed.GetValue(zip),
                parsed.GetValue(handIn),
                parsed.GetValue(receivers),
                CommonOptions.Seconds(parsed, wait),
                parsed.GetValue(server)),
            cancellationToken));
        return command;
    }

    private static bool IsCount(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var count) && count > 0;
}
