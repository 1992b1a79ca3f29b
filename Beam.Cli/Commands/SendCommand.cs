using System.CommandLine;
using System.Globalization;
using Beam.Cli.Sending;

namespace Beam.Cli.Commands;

/// <summary><c>beam send</c>.</summary>
internal static class SendCommand
{
    public static Command Create(ToolContext tool)
    {
        var paths = new Argument<string[]>("FILE") { Description = "Files and folders, or - for the standard input. A folder, or more than one of them, travel as one archive.", Arity = ArgumentArity.OneOrMore };
        var name = new Option<string?>("--name", "-n") { Description = "The name that the receiver gets it under.", HelpName = "NAME" };
        var zip = new Option<bool>("--zip") { Description = "Pack folders as zip, for receivers without tar. A zip cannot be resumed by a second run." };
        var handIn = new Option<bool>("--hand-in") { Description = "Leave as soon as the server has everything, and let it wait for the receiver." };
        var receivers = new Option<int>("--receivers", "-r") { Description = "How many receivers get it.", HelpName = "COUNT", DefaultValueFactory = static _ => 1 };
        var wait = CommonOptions.Wait("a receiver");
        var server = CommonOptions.Server();

        receivers.Validators.Add(static result =>
        {
            if (result.Tokens.Count > 0 && !(int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var count) && count > 0))
            {
                result.AddError("--receivers takes a number from 1 on.");
            }
        });
        var command = new ExampleCommand(
            "send",
            "Send files, a folder or the standard input. The link is written to the standard output; the command ends when the receiver has everything. After a crash the same command goes on where it broke off.",
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
}
