using Beam.Cli.Configuration;
using Beam.Cli.Reports;
using Beam.Cli.Terminal;
using Beam.Client;

namespace Beam.Cli.Sending;

/// <summary>Sends: mints a channel or goes on in the channel of an earlier run, shows the link, and waits for the outcome.</summary>
internal sealed class Sender(ToolContext tool, IReport report)
{
    private readonly RunMemory<SendingRecord> _memory = new(tool.Folders.Sending, SettingsJson.Default.SendingRecord, tool.Clock);

    public async Task<ExitCode> RunAsync(SendRequest request, CancellationToken cancellationToken)
    {
        var settings = tool.ReadSettings();
        var (server, key) = settings.Server(request.Server);
        await using var content = SendContent.Open(request, tool.Console, tool.Clock, report, cancellationToken);
        var what = content.Fingerprint is { } print ? $"{server}\n{print}" : null;
        using var claim = what is null ? null : _memory.TryClaim(what);
        what = claim is null ? null : what;
        using var client = new BeamClient(server, new BeamClientOptions { AccessKey = key, TimeProvider = tool.Clock });

        var (record, earlier) = await FindEarlierAsync(client, what, cancellationToken)
            ?? (await BeginAsync(client, content, cancellationToken), null);
        if (earlier is { Outcome: not null } delivered && delivered.Length == content.Length)
        {
            report.Note("An earlier run has sent it, but has not seen the outcome.");
            report.Sent(new BeamReceipt(
                delivered.Outcome.Value,
                delivered.BytesReceived,
                delivered.Receivers,
                delivered.Sha256 ?? "",
                IsVerified: false,
                delivered.ExpiresAt));
            Forget(what);
            return ExitCode.Success;
        }

        if (what is not null && earlier is null)
        {
            _memory.Keep(what, record);
        }

        report.Offered(OfferOf(record, content));
        report.Begin(content.Name, ProgressSide.Sender);
        if (earlier is not null)
        {
            report.Note("Resuming the transfer that an earlier run has begun.");
        }

        var link = BeamLink.Parse(record.Channel).WithName(record.Name);
        var options = Options(request, settings, content, earlier is not null);
        report.Sent(await SendAsync(client, link, content, options, () => Forget(what), cancellationToken));
        return ExitCode.Success;
    }

    private static Offer OfferOf(SendingRecord record, SendContent content)
    {
        var url = ShellText.Quote(record.Url);
        return new Offer("link", record.Url, content.Name, content.Length, [$"beam receive {url}", CurlCommand.For(record.Url, content)]);
    }

    private BeamSendOptions Options(SendRequest request, EffectiveSettings settings, SendContent content, bool resume) => new()
    {
        ContentType = content.ContentType,
        Receivers = request.Receivers,
        Wait = request.Wait ?? settings.Wait,
        HandIn = request.HandIn,
        Resume = resume,
        Progress = report,
    };

    private async Task<BeamReceipt> SendAsync(
        BeamClient client,
        BeamLink link,
        SendContent content,
        BeamSendOptions options,
        Action forget,
        CancellationToken cancellationToken)
    {
        try
        {
            var receipt = await client.SendAsync(link, content.Stream, options, cancellationToken);
            forget();
            return receipt;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Farewell.TellAsync(client, link, tool.Clock);
            forget();
            throw;
        }
        catch (BeamException exception) when (exception.Error is not (BeamError.Broken or BeamError.Busy))
        {
            // The transfer is over, and another run would begin anew.
            forget();
            throw;
        }
    }

    private static async Task<SendingRecord> BeginAsync(BeamClient client, SendContent content, CancellationToken cancellationToken)
    {
        var channel = await client.MintAsync(cancellationToken);

        // The link that is given away can only receive.
        var receive = await client.MintAsync(channel.Link, BeamRights.Receive, cancellationToken: cancellationToken);
        return new SendingRecord(channel.Link.Url.AbsoluteUri, receive.PublicLink.WithName(content.Name).Url.AbsoluteUri, content.Name);
    }

    private async Task<(SendingRecord Record, BeamStatus? Earlier)?> FindEarlierAsync(
        BeamClient client,
        string? what,
        CancellationToken cancellationToken)
    {
        if (what is null || _memory.Find(what) is not { } record || !BeamLink.TryParse(record.Channel, out var channel))
        {
            return null;
        }

        try
        {
            var status = await client.GetStatusAsync(channel.WithName(record.Name), cancellationToken);
            return status is { Error: null } ? (record, status) : null;
        }
        catch (BeamException exception) when (exception.Error is BeamError.NotFound or BeamError.TokenEnded or BeamError.Gone)
        {
            return null;
        }
    }

    private void Forget(string? what)
    {
        if (what is not null)
        {
            _memory.Forget(what);
        }
    }
}
