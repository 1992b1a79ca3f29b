using System.CommandLine;
using Beam.Cli.Receiving;
using Beam.Cli.Reports;
using Beam.Cli.Terminal;
using Beam.Client;

namespace Beam.Cli.Commands;

/// <summary><c>beam request</c>.</summary>
internal static class RequestCommand
{
    public static Command Create(ToolContext tool)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "The name to store the file under, or a folder. "
                + "The default is the sender's name, made safe, in the current folder.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var unpack = new Option<bool>("--unpack")
        {
            Description = "Unpack a tar archive into a new folder, as 'beam receive' does. "
                + "The default is to store it as it is.",
        };
        var force = CommonOptions.Force();
        var wait = CommonOptions.Wait("the sender", "The default is to wait as long as it takes.");
        var server = CommonOptions.Server();
        var command = new ExampleCommand(
            "request",
            "Ask somebody for a file: the tool writes a link that is good only for sending you one file, waits, and stores the file.",
            "beam request",
            "beam request contract.pdf --wait 300") { name, unpack, force, wait, server };
        command.Does(tool, async (parsed, report, cancellationToken) =>
        {
            var choice = tool.ReadSettings().Server(parsed.GetValue(server));
            using var client = choice.NewClient(tool.Clock);
            var request = await client.RequestUploadAsync(cancellationToken: cancellationToken);
            var offer = OfferOf(request);
            report.Offered(offer);
            LinkPlace.Tell(report, choice.Address, offer.Url);
            var terms = new ReceiveRequest
            {
                Output = parsed.GetValue(name),
                Unpack = parsed.GetValue(unpack),
                UnpacksAnyTar = true,
                Force = parsed.GetValue(force),
                Wait = CommonOptions.Seconds(parsed, wait),
            };
            try
            {
                return await WaitAsync(new Receiver(tool, report), client, request.Channel.Link, terms, cancellationToken);
            }
            finally
            {
                await CloseAsync(client, request.Channel.Link, tool.Clock);
            }
        });
        return command;
    }

    private static async Task<ExitCode> WaitAsync(
        Receiver receiver,
        BeamClient client,
        BeamLink channel,
        ReceiveRequest request,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await receiver.RunAsync(client, channel, request, cancellationToken);
            }
            catch (BeamException exception) when (exception.Error == BeamError.NoSender && request.Wait is null)
            {
                // People take longer than a server lets a request wait. The link lives as long as this command waits.
            }
        }
    }

    private static Offer OfferOf(BeamUploadRequest request)
    {
        var url = request.Request.PublicLink.Url.AbsoluteUri;
        return new Offer("request", url, Name: null, Bytes: null, [$"curl --fail -T FILE {ShellText.Quote(url + "/")}"]);
    }

    /// <summary>Ends the link: from now on nobody would receive what is sent to it.</summary>
    private static async Task CloseAsync(BeamClient client, BeamLink channel, TimeProvider clock)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3), clock);
        try
        {
            await client.RevokeAsync(channel, limit.Token);
        }
        catch (Exception exception) when (exception is BeamException or OperationCanceledException)
        {
            // It ends by itself.
        }
    }
}
