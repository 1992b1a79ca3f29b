using System.CommandLine;
using Beam.Cli.Receiving;
using Beam.Cli.Reports;
using Beam.Client;

namespace Beam.Cli.Commands;

/// <summary><c>beam request</c>.</summary>
internal static class RequestCommand
{
    public static Command Create(ToolContext tool)
    {
        var name = new Argument<string?>("NAME") { Description = "The name to store the file under, or a folder. By default the sender's name, made safe, in this folder, and for what 'beam send' has packed a new folder of that name.", Arity = ArgumentArity.ZeroOrOne };
        var keep = new Option<bool>("--keep-archive") { Description = "Keep what 'beam send' has packed as an archive. By default it is unpacked." };
        var force = CommonOptions.Force();
        var wait = CommonOptions.Wait("the sender", "By default as long as it takes.");
        var server = CommonOptions.Server();
        var command = new ExampleCommand(
            "request",
            "Ask somebody for a file: writes a link that can do nothing but send you one, waits, and stores what comes.",
            "beam request",
            "beam request contract.pdf --wait 300") { name, keep, force, wait, server };
        command.Does(tool, async (parsed, report, cancellationToken) =>
        {
            var (address, key) = tool.ReadSettings().Server(parsed.GetValue(server));
            using var client = new BeamClient(address, new BeamClientOptions { AccessKey = key, TimeProvider = tool.Clock });
            var request = await client.RequestUploadAsync(cancellationToken: cancellationToken);
            report.Offered(OfferOf(request));
            var terms = new ReceiveRequest(parsed.GetValue(name), parsed.GetValue(force), parsed.GetValue(keep), CommonOptions.Seconds(parsed, wait));
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

    private static async Task<ExitCode> WaitAsync(Receiver receiver, BeamClient client, BeamLink channel, ReceiveRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await receiver.RunAsync(client, channel, request, cancellationToken);
            }
            catch (BeamException exception) when (exception.Error == BeamError.NoSender && request.Wait is null)
            {
                // People take longer than a server lets one request wait. The link lives as long as somebody waits behind it.
            }
        }
    }

    private static Offer OfferOf(BeamUploadRequest request)
    {
        var url = request.Request.PublicLink.Url.AbsoluteUri;
        return new Offer("request", url, Name: null, Bytes: null, [$"curl --fail -T FILE \"{url}/\""]);
    }

    /// <summary>Ends the link: nobody would receive what is sent to it from now on.</summary>
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
