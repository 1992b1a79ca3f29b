using Beam.Cli.Reports;
using Beam.Cli.Sending;
using Beam.Cli.Terminal;
using Beam.Client;

namespace Beam.Cli.Receiving;

/// <summary>
/// Receives: into a file, a folder or the standard output. What <c>beam send</c> has packed is unpacked, if the user wants that.
/// </summary>
internal sealed class Receiver(ToolContext tool, IReport report)
{
    public async Task<ExitCode> RunAsync(BeamClient client, BeamLink link, ReceiveRequest request, CancellationToken cancellationToken)
    {
        report.Begin(link.Name ?? "", ProgressSide.Receiver);
        using var archive = new ReceivedArchive(tool, report, link, request);
        if (await archive.TryGoOnAsync(cancellationToken))
        {
            return ExitCode.Success;
        }

        if (link.Name is not null)
        {
            // A server that cannot be reached at the start is an error at once. If it goes away later, the client waits for it.
            await client.GetStatusAsync(link, cancellationToken);
        }

        var options = new BeamReceiveOptions
        {
            Wait = request.Wait ?? tool.ReadSettings().Wait,
            Overwrite = request.Force,

            // The other side is told then, so no second run could go on.
            DiscardWhenCancelled = true,
            Progress = report,
        };
        try
        {
            await (request.ToOutput
                ? ToOutputAsync(client, link, options, cancellationToken)
                : ToFileAsync(client, link, request, options, archive, cancellationToken));
            return ExitCode.Success;
        }
        catch (Exception exception) when ((exception is IOException && request.ToOutput)
            || (exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            // What went into a failed output is lost, so no second run could go on.
            await Farewell.TellAsync(client, link, tool.Clock);
            throw;
        }
    }

    private async Task ToOutputAsync(BeamClient client, BeamLink link, BeamReceiveOptions options, CancellationToken cancellationToken)
    {
        await using var output = new OutputStream(tool.Console.OpenOutput());
        report.Received(await client.ReceiveAsync(link, output, options, cancellationToken), path: null, unpacked: null);
    }

    private async Task ToFileAsync(
        BeamClient client,
        BeamLink link,
        ReceiveRequest request,
        BeamReceiveOptions options,
        ReceivedArchive archive,
        CancellationToken cancellationToken)
    {
        var output = request.FullOutput;
        if (request.IsIntoFolder)
        {
            Directory.CreateDirectory(output);
        }

        var received = await client.ReceiveAsync(link, output, options, cancellationToken);
        if (request.Unpack && (request.UnpacksAnyTar ? IsTar(received.File) : IsArchive(received.File)))
        {
            await archive.UnpackAsync(received, cancellationToken);
            return;
        }

        report.Received(received, received.Path, unpacked: null);
        if (request.TellsOfArchives && LooksLikeArchive(received.File))
        {
            report.Note($"It is an archive. To unpack it into a new folder: beam unpack {ShellText.Quote(received.Path!)}");
        }
    }

    private static bool LooksLikeArchive(BeamFile file) => IsTar(file) || IsNamed(file, ".zip");

    /// <summary>What <c>beam send</c> has packed.</summary>
    private static bool IsArchive(BeamFile file) => IsTar(file) && file.ContentType == SendContent.TarType;

    private static bool IsTar(BeamFile file) => IsNamed(file, ".tar");

    private static bool IsNamed(BeamFile file, string extension)
        => file.ContentEncoding is null && file.Name.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
