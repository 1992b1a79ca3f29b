using System.CommandLine;
using Beam.Cli.Receiving;
using Beam.Client;

namespace Beam.Cli.Commands;

/// <summary><c>beam receive</c>.</summary>
internal static class ReceiveCommand
{
    public static Command Create(ToolContext tool)
    {
        var link = CommonOptions.Link();
        var output = new Option<string?>("--output", "-o")
        {
            Description = "A file or a folder to receive into, or - for the standard output. "
                + "The default is the current folder, under the sender's name, made safe. "
                + "A tar archive from 'beam send' is unpacked into a new folder: if PATH is a folder, into one in it that is named "
                + "after the archive, otherwise into PATH.",
            HelpName = "PATH",
        };
        var into = new Option<string?>("--into")
        {
            Description = "A folder to receive into, like --output, except that the content of an archive joins what is in it.",
            HelpName = "FOLDER",
        };
        var keep = new Option<bool>("--keep-archive")
        {
            Description = "Keep a tar archive from 'beam send' as it is. The default is to unpack it.",
        };
        var force = CommonOptions.Force();
        var dotNames = CommonOptions.DotNames();
        var wait = CommonOptions.Wait("the sender");
        var command = new ExampleCommand(
            "receive",
            "Receive a file or a folder. Until it is complete and verified, it has a temporary name. "
                + "After a crash, the same command resumes the transfer.",
            "beam receive https://beam.example/TOKEN/report.pdf",
            "beam receive https://beam.example/TOKEN/photos.tar -o holidays/",
            "beam receive https://beam.example/TOKEN/photos.tar --into .",
            "beam receive https://beam.example/TOKEN/shop.sql -o - | psql shop") { link, output, into, keep, force, dotNames, wait };
        command.Validators.Add(result =>
        {
            if (result.GetResult(output) is not null && result.GetResult(into) is not null)
            {
                result.AddError("--into and --output are two ways to say the same. Choose one.");
            }
        });
        command.Does(
            tool,
            async (parsed, report, cancellationToken) =>
            {
                var from = LinkText.Read(parsed.GetRequiredValue(link));
                using var client = new BeamClient(from.BaseAddress, new BeamClientOptions { TimeProvider = tool.Clock });
                var keepsArchive = parsed.GetValue(keep);
                var request = new ReceiveRequest
                {
                    Output = parsed.GetValue(output),
                    Into = parsed.GetValue(into),
                    Unpack = !keepsArchive,
                    TellsOfArchives = !keepsArchive,
                    Force = parsed.GetValue(force),
                    DotNames = parsed.GetValue(dotNames),
                    Wait = CommonOptions.Seconds(parsed, wait),
                };
                return await new Receiver(tool, report).RunAsync(client, from, request, cancellationToken);
            },
            parsed => parsed.GetValue(output) == "-");
        return command;
    }
}
