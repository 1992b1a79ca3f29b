using Beam.Cli.Configuration;
using Beam.Cli.Reports;
using Beam.Client;

namespace Beam.Cli.Receiving;

/// <summary>
/// Unpacks what was received. The server has delivered it by then and does not have it any more: a second run of a command that was killed while it unpacked goes on
/// with what lies here.
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
    /// <param name="report">Who is told.</param>
    /// <param name="link">What is received. Without a name nobody knows whether a second run means the same.</param>
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

    /// <summary>Goes on with what an earlier run has received, if there is such a thing.</summary>
    public async Task<bool> TryGoOnAsync(CancellationToken cancellationToken)
    {
        if (_claim is null || _memory.Find(_what) is not { Path: { } path } left || !File.Exists(path))
        {
            return false;
        }

        _report.Note("An earlier run has received it, and has not come to the end of unpacking it.");
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
            _report.Note($"The archive itself has been received, and is in {archive}");
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

    /// <summary>What was received as a file is a folder: its name is needed for that.</summary>
    private static string SetAside(string path)
    {
        var aside = $"{path}.{Path.GetRandomFileName()}.tar";
        File.Move(path, aside);
        return aside;
    }
}
