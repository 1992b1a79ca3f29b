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
                + "A tar archive from 'beam send' is unpacked: by default into a new folder of that name, "
                + "with this option into PATH itself.",
            HelpName = "PATH",
        };
        var keep = CommonOptions.KeepArchive();
        var force = CommonOptions.Force();
        var wait = CommonOptions.Wait("the sender");
        var command = new ExampleCommand(
            "receive",
            "Receive a file or a folder. Until it is complete and verified, it has a temporary name. "
                + "After a crash, the same command resumes the transfer.",
            "beam receive https://beam.example/TOKEN/report.pdf",
            "beam receive https://beam.example/TOKEN/photos.tar -o holidays/",
            "beam receive https://beam.example/TOKEN/shop.sql -o - | psql shop") { link, output, keep, force, wait };
        command.Does(
            tool,
            async (parsed, report, cancellationToken) =>
            {
                var from = LinkText.Read(parsed.GetRequiredValue(link));
                using var client = new BeamClient(from.BaseAddress, new BeamClientOptions { TimeProvider = tool.Clock });
                var request = new ReceiveRequest(
                    parsed.GetValue(output),
                    parsed.GetValue(force),
                    parsed.GetValue(keep),
                    CommonOptions.Seconds(parsed, wait));
                return await new Receiver(tool, report).RunAsync(client, from, request, cancellationToken);
            },
            parsed => parsed.GetValue(output) == "-");
        return command;
    }
}
