using Beam.Cli.Archives;
using Beam.Cli.Configuration;
using Beam.Cli.Reports;
using Beam.Cli.Terminal;
using Beam.Client;

namespace Beam.Cli.Receiving;

/// <summary>
/// Unpacks what was received. By then the server has delivered it and no longer has it. If a run is killed while it unpacks, a second run
/// of the same command goes on with the archive on the disk, if it still is that archive.
/// </summary>
internal sealed class ReceivedArchive : IDisposable
{
    private readonly IReport _report;
    private readonly ReceiveRequest _request;
    private readonly Unpacking _unpacking;
    private readonly RunMemory<BeamReceivedFile> _memory;
    private readonly IDisposable? _claim;
    private readonly string _output;
    private readonly bool _isNew;
    private readonly string _what;

    /// <param name="tool">What commands work with.</param>
    /// <param name="report">Tells how it goes.</param>
    /// <param name="link">What is received. Without a name nobody knows whether a second run means the same file.</param>
    /// <param name="request">Where to.</param>
    public ReceivedArchive(ToolContext tool, IReport report, BeamLink link, ReceiveRequest request)
    {
        _report = report;
        _request = request;
        _unpacking = new Unpacking(new UserConsent(tool.Console, request.Force, request.DotNames));
        _output = request.FullOutput;
        _isNew = !Directory.Exists(_output);
        _what = $"{link.Url.AbsoluteUri}\n{_output}";
        _memory = new(tool.Folders.Unpacking, SettingsJson.Default.BeamReceivedFile, tool.Clock);
        _claim = link.Name is null || request.ToOutput || !request.Unpack ? null : _memory.TryClaim(_what);
    }

    /// <summary>Goes on with an archive that an earlier run has received, if there is such an archive.</summary>
    public async Task<bool> TryGoOnAsync(CancellationToken cancellationToken)
    {
        if (_claim is null || _memory.Find(_what) is not { Path: { } path } left)
        {
            return false;
        }

        using var archive = VerifiedArchive.TryOpen(left, path);
        if (archive is null || !await archive.IsWhatWasReceivedAsync(cancellationToken))
        {
            // Something else that has its path now is not this tool's.
            _memory.Forget(_what);
            return false;
        }

        _report.Note("An earlier run has received the archive but has not finished unpacking it.");
        await RunAsync(left, archive, path, cancellationToken);
        return true;
    }

    /// <summary>Unpacks an archive that was received just now.</summary>
    public async Task UnpackAsync(BeamReceivedFile received, CancellationToken cancellationToken)
    {
        var path = Directory.Exists(_output) ? received.Path! : SetAside(received.Path!);
        if (_claim is not null)
        {
            _memory.Keep(_what, received with { Path = path });
        }

        using var archive = VerifiedArchive.TryOpen(received, path) ?? throw new ReplacedFileException(path);
        await RunAsync(received, archive, path, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _claim?.Dispose();

    private async Task RunAsync(BeamReceivedFile received, VerifiedArchive archive, string path, CancellationToken cancellationToken)
    {
        try
        {
            var (folder, summary) = await UnpackAsync(received, archive, cancellationToken);
            archive.Delete();
            _report.Received(received, folder, summary);
        }
        catch (Exception exception) when (exception is not ReplacedFileException)
        {
            _report.Note($"The archive itself has been received. It is in {path}. To unpack it: beam unpack {ShellText.Quote(path)}");
            throw;
        }
        finally
        {
            if (_claim is not null)
            {
                _memory.Forget(_what);
            }
        }
    }

    private async Task<(string Folder, UnpackSummary Summary)> UnpackAsync(
        BeamReceivedFile received,
        VerifiedArchive archive,
        CancellationToken cancellationToken)
    {
        if (_request.Into is not null)
        {
            return (_output, await _unpacking.RunAsync(archive, _output, _isNew, cancellationToken));
        }

        return Directory.Exists(_output)
            ? (_output, await NewFolder.UnpackAsync(_unpacking, archive, received.File.SafeName, _output, cancellationToken))
            : (Path.GetDirectoryName(_output)!, await NewFolder.UnpackAsAsync(_unpacking, archive, _output, cancellationToken));
    }

    /// <summary>Gives the received file another name, because the folder needs its name.</summary>
    private static string SetAside(string path)
    {
        var aside = $"{path}.{Path.GetRandomFileName()}.tar";
        File.Move(path, aside);
        return aside;
    }
}
