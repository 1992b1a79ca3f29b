using Beam.Cli.Configuration;
using Beam.Cli.Reports;
using Beam.Client;

namespace Beam.Cli.Receiving;

/// <summary>
/// Unpacks what was received. By then the server has delivered it and no longer has it. If a run is killed while it unpacks, a second run
/// of the same command goes on with the archive on the disk.
/// </summary>
internal sealed class ReceivedArchive : IDisposable
{
    private readonly ToolContext _tool;
    private readonly IReport _report;
    private readonly ReceiveRequest _request;
    private readonly RunMemory<BeamReceivedFile> _memory;
    private readonly IDisposable? _claim;
    private readonly string _output;
    private readonly string _what;

    /// <param name="tool">What commands work with.</param>
    /// <param name="report">Tells how it goes.</param>
    /// <param name="link">What is received. Without a name nobody knows whether a second run means the same file.</param>
    /// <param name="request">Where to.</param>
    public ReceivedArchive(ToolContext tool, IReport report, BeamLink link, ReceiveRequest request)
    {
        _tool = tool;
        _report = report;
        _request = request;
        _output = request.FullOutput;
        _what = $"{link.Url.AbsoluteUri}\n{_output}";
        _memory = new(tool.Folders.Unpacking, SettingsJson.Default.BeamReceivedFile, tool.Clock);
        _claim = link.Name is null || request.ToOutput || request.KeepArchive ? null : _memory.TryClaim(_what);
    }

    /// <summary>Goes on with an archive that an earlier run has received, if there is such an archive.</summary>
    public async Task<bool> TryGoOnAsync(CancellationToken cancellationToken)
    {
        if (_claim is null || _memory.Find(_what) is not { Path: { } path } left || !File.Exists(path))
        {
            return false;
        }

        _report.Note("An earlier run has received the archive but has not finished unpacking it.");
        await RunAsync(left, path, cancellationToken);
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

        await RunAsync(received, path, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _claim?.Dispose();

    private async Task RunAsync(BeamReceivedFile received, string archive, CancellationToken cancellationToken)
    {
        var unpacking = new Unpacking(_tool.Console);
        try
        {
            var summary = _request.Output is null
                ? await NewFolder.UnpackAsync(unpacking, archive, Path.GetDirectoryName(archive)!, cancellationToken)
                : await unpacking.RunAsync(archive, _output, _request.Force, cancellationToken);
            File.Delete(archive);
            _report.Received(received, _output, summary);
        }
        catch
        {
            _report.Note($"The archive itself has been received. It is in {archive}");
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

    /// <summary>Gives the received file another name, because the folder needs its name.</summary>
    private static string SetAside(string path)
    {
        var aside = $"{path}.{Path.GetRandomFileName()}.tar";
        File.Move(path, aside);
        return aside;
    }
}
