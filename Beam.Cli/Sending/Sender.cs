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
        var server = settings.Server(request.Server);
        await using var content = SendContent.Open(request, tool.Console, tool.Clock, report, cancellationToken);
        var what = content.Fingerprint is { } print ? $"{server.Address}\n{print}" : null;
        using var claim = what is null ? null : _memory.TryClaim(what);
        what = claim is null ? null : what;
        using var client = server.NewClient(tool.Clock);

        var (record, earlier) = await FindEarlierAsync(client, content, what, cancellationToken)
            ?? (await BeginAsync(client, content, cancellationToken), null);
        if (earlier is { Outcome: { } outcome })
        {
            report.Note(earlier.Sha256 is null
                ? "An earlier run has sent something of this length. The server has no digest, so whether it was this is not known."
                : "An earlier run has sent it, but has not seen the outcome.");
            report.Sent(new BeamReceipt(
                outcome,
                earlier.BytesReceived,
                earlier.Receivers,
                earlier.Sha256 ?? "",
                IsVerified: earlier.Sha256 is not null,
                earlier.ExpiresAt));
            Forget(what);
            return ExitCode.Success;
        }

        if (what is not null && earlier is null)
        {
            _memory.Keep(what, record);
        }

        report.Offered(OfferOf(record, content));
        LinkPlace.Tell(report, server.Address, record.Url);
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

    /// <summary>Finds the transfer of an earlier run that is of the same content, if it waits for this run or has succeeded.</summary>
    private async Task<(SendingRecord Record, BeamStatus? Earlier)?> FindEarlierAsync(
        BeamClient client,
        SendContent content,
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
            return status is { Error: null } && await IsOfAsync(status, content, cancellationToken) ? (record, status) : null;
        }
        catch (BeamException exception) when (exception.Error is BeamError.NotFound or BeamError.TokenEnded or BeamError.Gone)
        {
            return null;
        }
    }

    /// <summary>
    /// Says whether a transfer that is over may have been of this content. Of one that is not over, the server says so when it has the
    /// rest.
    /// </summary>
    private static async Task<bool> IsOfAsync(BeamStatus status, SendContent content, CancellationToken cancellationToken)
        => status.Outcome is null
            || (status.Length == content.Length
                && (status.Sha256 is not { } sha256 || sha256 == await content.ComputeSha256Async(cancellationToken)));

    private void Forget(string? what)
    {
        if (what is not null)
        {
            _memory.Forget(what);
        }
    }
}
